import { randomBytes } from 'node:crypto';
import { RDSDataClient, type RDSDataClientConfig } from '@aws-sdk/client-rds-data';
import pg from 'pg';
import { inject } from 'vitest';
import { type Local, type LocalOptions, startLocal } from '../../lib/local/index.ts';
import { chosenSwitches } from './switches.ts';

/** A database of its own on the shared server. */
export interface FreshDatabase {
  readonly name: string;
  /** As Aurora's master user. */
  readonly url: string;
  drop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Create an empty database of unique name, which belongs to Aurora's master user. `template` names a database to copy. */
export async function freshDatabase({ template = 'template0' } = {}): Promise<FreshDatabase> {
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  // Files are copied at half the cost of pages that go through the WAL, where nothing waits for the disk. Until 14 that is the only way.
  const strategy = (await serverVersion()) < 15 ? '' : ' strategy file_copy';
  const url = new URL(inject('postgresMasterUrl'));
  await admin(`create database ${name} owner ${url.username} template ${template}${strategy}`);
  url.pathname = `/${name}`;
  // Forced: a test may have left statements running.
  const force = (await serverVersion()) < 13 ? '' : ' with (force)';
  const drop = () => admin(`drop database if exists ${name}${force}`);
  return { name, url: url.href, drop, [Symbol.asyncDispose]: drop };
}

/** A local Data API over a database of its own. */
export interface FreshLocal extends Local {
  /** For a client of one's own: `new RDSDataClient(config)`. */
  readonly config: RDSDataClientConfig;
  /** An official client that repeats nothing. */
  readonly client: RDSDataClient;
  /** What every request carries. */
  readonly target: { readonly resourceArn: string; readonly secretArn: string; readonly database: string };
  /** A connection to the same database past the Data API, for looking, as the same user. */
  readonly raw: pg.Client;
}

export interface FreshOptions extends Omit<LocalOptions, 'url' | 'database' | 'superuser'> {
  /** The sessions of the Data API belong to the superuser, because: */
  readonly superuser?: string;
}

/** The URL of the same database for the superuser of the server. */
export function asSuperuser(url: string): string {
  const { username, password } = new URL(inject('postgresUrl'));
  return Object.assign(new URL(url), { username, password }).href;
}

/** Start a local Data API over a fresh database; `stop` drops the database too. */
export async function freshLocal({ superuser, ...options }: FreshOptions = {}): Promise<FreshLocal> {
  const database = await freshDatabase();
  const url = superuser === undefined ? database.url : asSuperuser(database.url);
  const local = await startLocal({
    ...options,
    switches: { ...chosenSwitches(), ...options.switches },
    url,
    database: database.name,
  });
  const raw = new pg.Client(url);
  raw.on('error', () => {}); // The database is dropped under it.
  await raw.connect();
  const { endpoint, region, credentials, resourceArn, secretArn } = local;
  const config: RDSDataClientConfig = { endpoint, region, credentials: { ...credentials }, maxAttempts: 1 };
  const client = new RDSDataClient(config);

  let stopped: Promise<void> | undefined;
  async function stop() {
    client.destroy();
    await raw.end();
    await local.stop();
    await database.drop();
  }
  function stopOnce(): Promise<void> {
    stopped ??= stop();
    return stopped;
  }
  return {
    ...local,
    config,
    client,
    raw,
    target: { resourceArn, secretArn, database: database.name },
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  };
}

let version: Promise<number> | undefined;

/** The major version of the server that all tests share. */
export function serverVersion(): Promise<number> {
  version ??= pool()
    .query('show server_version_num')
    .then(({ rows }) => Math.floor(Number(rows[0].server_version_num) / 10_000));
  return version;
}

let admins: pg.Pool | undefined;

/** Makes a role where it is not there yet, which Aurora's master user may become and give rights to. Roles belong to the whole server. */
export async function ensureRole(name: string, attributes = ''): Promise<void> {
  const { username } = new URL(inject('postgresMasterUrl'));
  // Two test files at once may both make it.
  await admin(`do $$begin create role ${name} ${attributes}; exception when duplicate_object or unique_violation then null; end$$;
    grant ${name} to ${username} with admin option`);
}

/** Connections to the server's own database. They stay for the next one: there are many, and each would cost more than what it does. */
function pool(): pg.Pool {
  admins ??= new pg.Pool({ connectionString: inject('postgresUrl'), max: 3, allowExitOnIdle: true });
  return admins;
}

/** Run on the server's own database. */
export async function admin(sql: string): Promise<void> {
  await pool().query(sql);
}
