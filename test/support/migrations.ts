import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { type Compiled, compile, reader } from '../../lib/compile/index.ts';
import type { Database } from '../../lib/core/database.ts';
import { describe as inWords } from '../../lib/core/errors.ts';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import type { MigrationReport, MigrationStatus, Report } from '../../lib/core/report.ts';
import { dataApi } from '../../lib/data-api/index.ts';
import type { ScriptRun } from '../../lib/engine/engine.ts';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import { type Local, type LocalOptions, startLocal } from '../../lib/local/index.ts';
import {
  type Attempt,
  history,
  type MigrateOptions,
  migrate,
  plan,
  planRequest,
  type RevertOptions,
  type RunnerOptions,
  resolve,
  revert,
  type Status,
  status,
} from '../../lib/runner/index.ts';
import type { upScript } from '../../lib/runner/up-script.ts';
import { admin, asSuperuser, freshDatabase } from './postgresql.ts';
import { chosenSwitches } from './switches.ts';

/** Migration files: names (without `.sql`) and their texts. */
export type Files = Readonly<Record<string, string>>;

/** Compile a literal folder of files; its paths are the bare file names. */
export async function compileFiles(files: Files, names: { schema?: string; table?: string } = {}): Promise<Compiled> {
  const dir = mkdtempSync(join(tmpdir(), 'migrations-'));
  try {
    mkdirSync(dir, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, `${name}.sql`), text);
    return await compile({ dir, engine: 'postgresql', relativeTo: dir, ...names });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The same as a run reads it. Throws for a folder with mistakes. */
export async function manifestOf(
  files: Files,
  names: { schema?: string; table?: string } = {},
): Promise<ManifestReader> {
  const compiled = await compileFiles(files, names);
  if (compiled.errors.length > 0) throw new Error(compiled.errors.map(inWords).join('\n'));
  return reader(compiled);
}

type Verbs = Omit<Partial<MigrateOptions>, 'migrations'>;

/** A local Data API over a database of its own, with the runner's verbs on it. */
export interface Bench {
  readonly local: Local;
  /** The database through the Data API, as the runner is given it. */
  readonly database: Database;
  /** A connection past the Data API. */
  readonly raw: pg.Client;
  readonly url: string;
  /** A second client of the same service, as another process has one. */
  client(): Database;
  runner(files: Files | ManifestReader): Promise<RunnerOptions>;
  up(files: Files | ManifestReader, options?: Verbs): Promise<Report>;
  status(files: Files | ManifestReader): Promise<Status>;
  plan(files: Files | ManifestReader, options?: Verbs): ReturnType<typeof plan>;
  planRequest(files: Files | ManifestReader, options?: Verbs): ReturnType<typeof planRequest>;
  revert(files: Files | ManifestReader, what: RevertOptions['what'], options?: Verbs): ReturnType<typeof revert>;
  resolve(
    files: Files | ManifestReader,
    migration: string,
    statement: number,
    as: 'done' | 'not-done',
  ): Promise<MigrationReport>;
  history(files: Files | ManifestReader): Promise<readonly Attempt[]>;
  /** Rows past the Data API, as arrays. */
  sql(text: string, values?: unknown[]): Promise<unknown[][]>;
  /** One value past the Data API. */
  value(text: string, values?: unknown[]): Promise<unknown>;
  /** End its connections; the database stays, to be copied. */
  leave(): Promise<void>;
  stop(): Promise<void>;
  /** For tests that run at the same time, with `auto: false`: which of them ends, vitest cannot tell. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface BenchOptions extends Omit<LocalOptions, 'url' | 'database' | 'superuser'> {
  /** The sessions of the Data API belong to the superuser, and so does `raw`, because: */
  readonly superuser?: string;
  /** A database to copy. */
  readonly template?: string;
  readonly schema?: string;
  readonly table?: string;
  /** Connect as this role; it must have a password equal to its name. */
  readonly user?: string;
  /** Passed on to the client. */
  readonly retries?: { clusterBudgetMs?: number; loadBudgetMs?: number };
  /** Stop when the test ends. @default true */
  readonly auto?: boolean;
}

/** Start one. It is stopped when the test ends. */
export async function bench(options: BenchOptions = {}): Promise<Bench> {
  const { template, schema, table, user, retries, superuser, auto = true, ...service } = options;
  const names = { ...(schema === undefined ? {} : { schema }), ...(table === undefined ? {} : { table }) };
  const fresh = await freshDatabase(template === undefined ? {} : { template });
  const own = superuser === undefined ? fresh.url : asSuperuser(fresh.url);
  const url = new URL(own);
  if (user !== undefined) {
    url.username = user;
    url.password = user;
  }
  const switches = { ...chosenSwitches(), ...service.switches };
  const local = await startLocal({ ...service, switches, url: url.href, database: fresh.name });
  let raw: pg.Client | undefined;
  // Made by the first who looks; what is asked meanwhile waits for it.
  function look(): pg.Client {
    if (raw) return raw;
    raw = new pg.Client(own);
    raw.on('error', () => {}); // The database is dropped under it.
    raw.connect().catch(() => {}); // What was asked of it says why.
    return raw;
  }
  const client = () => {
    const { resourceArn, secretArn, endpoint, region, credentials } = local;
    return dataApi({
      resourceArn,
      secretArn,
      database: fresh.name,
      client: { endpoint, region, credentials },
      ...retries,
    });
  };
  const database = client();
  const engine = postgresql(names);
  async function runner(files: Files | ManifestReader): Promise<RunnerOptions> {
    return { database, engine, migrations: isReader(files) ? files : await manifestOf(files, names) };
  }
  const sql = async (text: string, values: unknown[] = []) =>
    (await look().query({ text, values, rowMode: 'array' })).rows as unknown[][];
  let stopped: Promise<void> | undefined;
  async function leave() {
    await Promise.all([raw?.end(), local.stop()]);
  }
  async function stop() {
    await leave();
    await fresh.drop();
  }
  function stopOnce() {
    stopped ??= stop();
    return stopped;
  }
  const made: Bench = {
    local,
    database,
    get raw() {
      return look();
    },
    url: own,
    client,
    runner,
    up: async (files, more = {}) => migrate({ requestedBy: 'test', ...(await runner(files)), ...more }),
    status: async files => status(await runner(files)),
    plan: async (files, more = {}) => plan({ ...(await runner(files)), ...more }),
    planRequest: async (files, more = {}) => planRequest({ ...(await runner(files)), ...more }),
    revert: async (files, what, more = {}) => revert({ requestedBy: 'test', ...(await runner(files)), ...more, what }),
    resolve: async (files, migration, statement, as) => resolve({ ...(await runner(files)), migration, statement, as }),
    history: async files => history({ ...(await runner(files)), limit: 1000 }),
    sql,
    value: async (text, values) => (await sql(text, values))[0]?.[0],
    leave,
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  };
  if (auto) onTestFinished(made.stop);
  return made;
}

/** The name of a database with the tracking tables and nothing else, to copy from. `prepare` adds to it. */
export async function template(
  prepare: (bench: Bench) => Promise<void>,
): Promise<{ name: string; drop(): Promise<void> }> {
  const made = await bench({ auto: false });
  await prepare(made);
  await made.leave();
  const name = new URL(made.url).pathname.slice(1);
  return { name, drop: () => admin(`drop database if exists ${name} with (force)`) };
}

/**
 * For tests that run at the same time: starts benches in whose databases these files are applied already, each a copy of one that is made before
 * the tests of the file.
 */
export function copiesOf(files: Files, options: BenchOptions = {}): (more?: BenchOptions) => Promise<Bench> {
  let applied: Awaited<ReturnType<typeof template>>;
  beforeAll(async () => {
    applied = await template(async ({ up }) => void (await up(files)));
  });
  afterAll(() => applied.drop());
  return (more = {}) => bench({ template: applied.name, auto: false, ...options, ...more });
}

/** Another session past the Data API, of this application name. It is ended by its test, or with the database. */
export async function connect({ url }: Pick<Bench, 'url'>, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name });
  client.on('error', () => {}); // The database is dropped under it.
  await client.connect();
  return client;
}

/** What an engine is asked with for a migration from its first statement on, by a run of which nobody hears and that waits for nothing. */
export const UNDISTURBED: Omit<ScriptRun, 'run' | keyof ReturnType<typeof upScript>> = {
  from: 1,
  before: null,
  last: false,
  releases: false,
  tries: 1,
  stop: () => false,
  pause: async () => {},
  waiting: () => {},
  onStatement: () => {},
};

/** How often the migration was sent, a statement of it where it goes statement by statement. */
export function timesSent({ local }: Pick<Bench, 'local'>, name: string): number {
  const call = new RegExp(`name:${name}\\b.*_run_1\\b`, 's');
  return local.log.entries.filter(({ sql }) => call.test(sql ?? '')).length;
}

/** The states of a report, by name, less the tracking tables'. */
export function states(report: { readonly migrations: readonly MigrationStatus[] }): Record<string, string> {
  return Object.fromEntries(report.migrations.slice(1).map(({ name, state }) => [name, state]));
}

function isReader(files: Files | ManifestReader): files is ManifestReader {
  return typeof (files as ManifestReader).body === 'function';
}
