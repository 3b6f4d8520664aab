import pg from 'pg';
import { StartError, systemCode } from '../start-error.ts';
import type { EmbeddedOptions } from './embedded.ts';
import { startEmbedded } from './embedded.ts';
import { giveToMasterUser } from './master-user.ts';

/** A PostgreSQL server that answers, with one database that exists. */
export interface Server {
  readonly url: string;
  stop(): Promise<void>;
}

/** Reach a server by URL, or start an embedded one, and make sure of the database. Throws a `StartError`. */
export async function startPostgresql(options: {
  readonly url: string | undefined;
  readonly embedded: EmbeddedOptions;
  readonly database: string;
  /** On a server by URL: the embedded one is ours. */
  readonly create: boolean;
  /** On the embedded one: whether sessions belong to its superuser. */
  readonly superuser: boolean;
}): Promise<Server> {
  const { url, database } = options;
  if (url !== undefined) {
    await ensureDatabase(parse(url), database, options.create);
    return { url, stop: async () => {} };
  }
  const embedded = await startEmbedded(options.embedded);
  try {
    // The database is the master user's in both cases, so that it can be used without the option again.
    await ensureDatabase(new URL(embedded.masterUrl), database, true);
    if (!options.superuser) await takeOver(withDatabase(embedded.url, database));
  } catch (error) {
    await embedded.stop();
    throw error;
  }
  return { url: options.superuser ? embedded.url : embedded.masterUrl, stop: embedded.stop };
}

/** Lets the master user work with what sessions of the superuser have made in the database. */
async function takeOver(superuserUrl: string): Promise<void> {
  const superuser = await connect(superuserUrl);
  try {
    await giveToMasterUser(superuser);
  } finally {
    await superuser.end();
  }
}

/** The URL of another database on the same server. */
export function withDatabase(url: string, database: string): string {
  const target = new URL(url);
  // As `pg` reads it, with decodeURI, which leaves the escapes of `;:@&=+$,` and the like as they are.
  target.pathname = `/${encodeURI(database).replaceAll('?', '%3F').replaceAll('#', '%23')}`;
  return target.href;
}

async function ensureDatabase(url: URL, database: string, create: boolean): Promise<void> {
  // The database itself first: it may be the only one that this user can enter.
  try {
    await (await connect(withDatabase(url.href, database))).end();
    return;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '3D000') throw explain(error, url);
    if (!create) throw notThere(database, url.host, error);
  }
  try {
    const client = await connect(withDatabase(url.href, 'postgres'));
    try {
      await client.query(`create database ${client.escapeIdentifier(database)}`);
    } finally {
      await client.end();
    }
  } catch (error) {
    // Another process was faster: that it exists is all that is wanted.
    if (error instanceof pg.DatabaseError && (error.code === '42P04' || error.code === '23505')) return;
    throw explain(error, url);
  }
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  return client;
}

function explain(cause: unknown, { host, username }: URL): StartError {
  const { message } = cause as Error;
  if (cause instanceof pg.DatabaseError) {
    const remedy = cause.code?.startsWith('28')
      ? 'Check user and password in the URL.'
      : 'Create the database, or use a user who may.';
    return new StartError(`PostgreSQL at ${host} refuses user ${username}: ${message}`, remedy, { cause });
  }
  const reason = message || systemCode(cause) || 'no answer';
  return new StartError(
    `PostgreSQL at ${host} cannot be reached: ${reason}`,
    'Check host and port, and that the server runs.',
    {
      cause,
    },
  );
}

function notThere(database: string, host: string, cause: unknown): StartError {
  const remedy = `Check its name, or create it: CREATE DATABASE ${pg.escapeIdentifier(database)}.`;
  return new StartError(`There is no database ${JSON.stringify(database)} on ${host}`, remedy, { cause });
}

function parse(url: string): URL {
  try {
    const parsed = new URL(url);
    if (/^postgres(ql)?:$/.test(parsed.protocol)) return parsed;
  } catch {
    // Said below; the URL itself holds a password and is not repeated.
  }
  throw new StartError(
    'The URL of the PostgreSQL server is not valid',
    'Write it as postgresql://user@host:port/database, the password behind the user (user:password@host).',
  );
}
