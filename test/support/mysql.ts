import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mysql2, { type Connection, type RowDataPacket } from 'mysql2/promise';
import { inject, onTestFinished, describe as suite } from 'vitest';
import { type Compiled, compile, reader } from '../../lib/compile/index.ts';
import type { Database } from '../../lib/core/database.ts';
import { describe as inWords } from '../../lib/core/errors.ts';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import type { Report } from '../../lib/core/report.ts';
import { dataApi } from '../../lib/data-api/index.ts';
import { mysql } from '../../lib/engine/mysql/index.ts';
import { type Local, type LocalOptions, startLocal } from '../../lib/local/index.ts';
import {
  type MigrateOptions,
  migrate,
  type RevertOptions,
  type RunnerOptions,
  resolve,
  revert,
  type Status,
  status,
} from '../../lib/runner/index.ts';
import type { Files } from './migrations.ts';
import { chosenMysqlSwitches } from './switches.ts';

/** Root on the server that all tests share, for looking and for what a test needs around it; '' where there is none. */
export const mysqlUrl = inject('mysqlUrl');

/** A user with the privileges of Aurora's master user on it: whose sessions the local Data API uses. */
export const mysqlMasterUrl = inject('mysqlMasterUrl');

if (mysqlUrl === '') {
  console.warn(
    'MySQL tests are skipped: put mysqld (8.0 or newer) on PATH, or set TEST_MYSQL_URL=mysql://root@host:3306',
  );
}

/** `describe` for what needs a MySQL: shown as skipped where there is none. */
export const describeMysql = suite.skipIf(mysqlUrl === '');

/** A connection past the Data API, as the mysql client makes one: several statements a text. */
export function connectTo(database?: string, uri = mysqlUrl): Promise<Connection> {
  return mysql2.createConnection({
    uri,
    ...(database !== undefined && { database }),
    charset: 'utf8mb4_0900_ai_ci',
    multipleStatements: true,
    supportBigNumbers: true,
    dateStrings: true,
    flags: ['-IGNORE_SPACE'],
  });
}

/** Create an empty database of unique name; it is dropped when the test ends, unless `auto` is false. */
export async function freshMysql(
  auto = true,
  url = mysqlUrl,
): Promise<{ name: string; raw: Connection; stop(): Promise<void> }> {
  const name = `test_${process.pid}_${randomBytes(5).toString('hex')}`;
  const raw = await connectTo(undefined, url);
  raw.on('error', () => {});
  await raw.query(`create database ${name}; use ${name}`);
  let stopped = false;
  async function stop() {
    if (stopped) return;
    stopped = true;
    await raw.query(`drop database if exists ${name}`).catch(() => undefined);
    raw.destroy();
  }
  if (auto) onTestFinished(stop);
  return { name, raw, stop };
}

/** Compile a literal folder of files; its paths are the bare file names. */
export async function compileMysql(files: Files): Promise<Compiled> {
  const dir = mkdtempSync(join(tmpdir(), 'migrations-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, `${name}.sql`), text);
    return await compile({ dir, engine: 'mysql', relativeTo: dir });
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** The same as a run reads it. Throws for a folder with mistakes. */
export async function manifestOf(files: Files): Promise<ManifestReader> {
  const compiled = await compileMysql(files);
  if (compiled.errors.length > 0) throw new Error(compiled.errors.map(inWords).join('\n'));
  return reader(compiled);
}

type Verbs = Omit<Partial<MigrateOptions>, 'migrations'>;

/** A local Data API over a database of its own, with the runner's verbs on it. */
export interface MysqlBench {
  readonly name: string;
  readonly local: Local;
  readonly raw: Connection;
  /** A client of the service, as another process has one. */
  client(retries?: { loadBudgetMs?: number }): Database;
  runner(files: Files | ManifestReader): Promise<RunnerOptions>;
  up(files: Files | ManifestReader, options?: Verbs): Promise<Report>;
  status(files: Files | ManifestReader): Promise<Status>;
  revert(files: Files | ManifestReader, what: RevertOptions['what'], options?: Verbs): ReturnType<typeof revert>;
  resolve(files: Files, migration: string, statement: number, as: 'done' | 'not-done'): ReturnType<typeof resolve>;
  /** Rows past the Data API, as arrays. */
  sql(text: string, values?: unknown[]): Promise<unknown[][]>;
  value(text: string, values?: unknown[]): Promise<unknown>;
  /** Before the end of the test, in one that starts many. */
  stop(): Promise<void>;
  /** For tests that run at the same time, with `auto: false`: which of them ends, vitest cannot tell. */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface MysqlBenchOptions extends Omit<LocalOptions, 'url' | 'database' | 'engine' | 'superuser'> {
  /** The sessions of the Data API belong to root, because: */
  readonly superuser?: string;
  /** The sessions of the Data API belong to this user, whose password is its name. @default Aurora's master user */
  readonly user?: string;
  /** Gives that user privileges on the database of this name. */
  readonly prepare?: (database: string) => Promise<void>;
  /** Whether the service executes COMMIT AND CHAIN. @default true */
  readonly chains?: boolean;
  readonly table?: string;
  /** The database of the tracking tables. @default that of the bench */
  readonly schema?: string;
  /** Stop when the test ends. @default true */
  readonly auto?: boolean;
}

/** Start one. It is stopped when the test ends. */
export async function mysqlBench({
  chains = true,
  table,
  schema,
  superuser,
  user,
  prepare,
  auto = true,
  ...options
}: MysqlBenchOptions = {}): Promise<MysqlBench> {
  const { name, raw, stop: drop } = await freshMysql(auto);
  await prepare?.(name);
  const url = new URL(superuser === undefined ? mysqlMasterUrl : mysqlUrl);
  if (user !== undefined) Object.assign(url, { username: user, password: user });
  const switches = {
    ...chosenMysqlSwitches(),
    commitAndChain: chains ? 'executed' : 'refused',
    ...options.mysql?.switches,
  } as const;
  const mysqlOptions = { ...options.mysql, switches };
  const local = await startLocal({ ...options, mysql: mysqlOptions, engine: 'mysql', url: url.href, database: name });
  if (auto) onTestFinished(() => local.stop());
  async function stop() {
    await local.stop();
    await drop();
  }
  const client = (retries = {}) => {
    const { resourceArn, secretArn, endpoint, region, credentials } = local;
    return dataApi({ resourceArn, secretArn, database: name, client: { endpoint, region, credentials }, ...retries });
  };
  const names = { ...(table !== undefined && { table }), ...(schema !== undefined && { schema }) };
  const database = client();
  const runner = async (files: Files | ManifestReader): Promise<RunnerOptions> => ({
    database,
    engine: mysql(names),
    migrations: isReader(files) ? files : await manifestOf(files),
  });
  const sql = async (text: string, values: unknown[] = []) =>
    (await raw.query<RowDataPacket[][]>({ sql: text, values, rowsAsArray: true }))[0] as unknown[][];
  const bench: MysqlBench = {
    name,
    local,
    raw,
    client,
    runner,
    up: async (files, more = {}) => migrate({ requestedBy: 'test', ...(await runner(files)), ...more }),
    status: async files => status(await runner(files)),
    revert: async (files, what, more = {}) => revert({ requestedBy: 'test', ...(await runner(files)), ...more, what }),
    resolve: async (files, migration, statement, as) => resolve({ ...(await runner(files)), migration, statement, as }),
    sql,
    value: async (text, values) => (await sql(text, values))[0]?.[0],
    stop,
    [Symbol.asyncDispose]: stop,
  };
  return bench;
}

function isReader(files: Files | ManifestReader): files is ManifestReader {
  return typeof (files as ManifestReader).body === 'function';
}

/** SHOW CREATE of every object, and all rows: to compare two databases. Names that begin as `except` do not count. */
export async function fingerprintMysql(
  connection: Connection,
  database: string,
  except = 'schema_migrations',
): Promise<string[]> {
  const rows = async (text: string): Promise<unknown[][]> =>
    (await connection.query<RowDataPacket[][]>({ sql: text, rowsAsArray: true }))[0] as unknown[][];
  const found: string[] = [];
  const own = (name: unknown) => !String(name).startsWith(except);
  const quoted = (name: unknown) => `\`${database}\`.\`${String(name).replaceAll('`', '``')}\``;
  const plain = (text: string) =>
    text
      .replaceAll(`\`${database}\`.`, '')
      .replaceAll(database, 'DATABASE')
      .replace(/ AUTO_INCREMENT=\d+/, '');
  const show = async (kind: string, name: unknown) => {
    const [row = []] = await rows(`show create ${kind} ${quoted(name)}`);
    const texts = row.filter(one => typeof one === 'string' && !/^\d{4}-\d\d-\d\d/.test(one));
    found.push(plain(`${kind} ${texts.join(' | ')}`));
  };
  for (const [name, type] of await rows(
    `select table_name, table_type from information_schema.tables where table_schema = '${database}' order by 1`,
  )) {
    if (!own(name)) continue;
    await show(type === 'VIEW' ? 'view' : 'table', name);
    if (type === 'VIEW') continue;
    const contents = await rows(`select * from ${quoted(name)}`);
    found.push(
      `rows of ${name}: ${contents
        .map(row => JSON.stringify(row))
        .sort()
        .join(' ')}`,
    );
  }
  for (const [name, type] of await rows(
    `select routine_name, routine_type from information_schema.routines where routine_schema = '${database}' order by 2, 1`,
  )) {
    if (own(name)) await show(String(type).toLowerCase(), name);
  }
  for (const [name] of await rows(
    `select trigger_name from information_schema.triggers where trigger_schema = '${database}' order by 1`,
  ))
    await show('trigger', name);
  for (const [name] of await rows(
    `select event_name from information_schema.events where event_schema = '${database}' order by 1`,
  ))
    await show('event', name);
  return found;
}
