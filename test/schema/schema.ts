import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, reader } from '../../lib/compile/index.ts';
import { MigrationError } from '../../lib/core/errors.ts';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import type { Report } from '../../lib/core/report.ts';
import type { Sides } from '../../lib/core/schema-diff.ts';
import { dataApi } from '../../lib/data-api/index.ts';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import { postgresqlSchema } from '../../lib/engine/postgresql/schema/index.ts';
import { diffDumps, dump, type SchemaSource } from '../../lib/runner/dump.ts';
import { migrate } from '../../lib/runner/index.ts';
import { type FreshLocal, freshLocal, serverVersion } from '../support/postgresql.ts';

/** A database of its own behind a local Data API, with the ways to read its schema. */
export interface SchemaDatabase extends SchemaSource {
  readonly local: FreshLocal;
  /** Statements past the Data API, as many as there are in the text. */
  run(sql: string): Promise<void>;
  /** Apply migrations; throws where that fails. */
  migrate(migrations: ManifestReader): Promise<Report>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * An empty database, built with `sql`. The connections of its Data API carry what could lead a dump astray.
 * @param superuser why its sessions belong to the superuser
 */
export async function schemaDatabase(sql = '', superuser?: string): Promise<SchemaDatabase> {
  const local = await freshLocal({ dirty: DIRTY, ...(superuser !== undefined && { superuser }) });
  const { endpoint, region, credentials } = local;
  const database = dataApi({ ...local.target, client: { endpoint, region, credentials } });
  const run = async (text: string) => {
    await local.raw.query(text);
    // A dump sets its session.
    await local.raw.query('RESET ALL');
  };
  await run(sql);
  const apply = async (migrations: ManifestReader) => {
    const report = await migrate({ database, engine: postgresql(), migrations, requestedBy: 'test' });
    const failed = report.migrations.find(({ error }) => error);
    if (report.outcome === 'failed' || report.outcome === 'stopped')
      throw new Error(`${failed?.error?.message ?? report.problems[0]?.message} at line ${failed?.error?.line}`);
    return report;
  };
  return {
    local,
    database,
    schema: postgresqlSchema(),
    run,
    migrate: apply,
    [Symbol.asyncDispose]: () => local.stop(),
  };
}

/**
 * The text for the server that all tests share: what stands between a version and the end, as in `/*15*\/…/**\/`, came with that PostgreSQL, and
 * older ones get what stands after `/*else*\/`.
 */
export async function forServer(sql: string): Promise<string> {
  const version = await serverVersion();
  return sql.replace(/\/\*(\d+)\*\/(.*?)(?:\/\*else\*\/(.*?))?\/\*\*\//gs, (_, since, then, before = '') =>
    version >= Number(since) ? then : before,
  );
}

/** Compile migrations given as texts by their file names. */
export async function compiled(
  files: Readonly<Record<string, string>>,
  names: { schema?: string; table?: string } = {},
): Promise<ManifestReader> {
  const dir = mkdtempSync(join(tmpdir(), 'schema-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
    const result = await compile({ dir, engine: 'postgresql', ...names });
    if (result.errors.length > 0) throw new MigrationError(result.errors);
    return reader(result);
  } finally {
    rmSync(dir, { recursive: true });
  }
}

const DIRTY = [
  `SET search_path TO app, public`,
  `SET datestyle TO 'SQL, DMY'`,
  `SET intervalstyle TO 'sql_standard'`,
  `SET timezone TO 'Asia/Kolkata'`,
  `SET extra_float_digits TO -3`,
  `SET quote_all_identifiers TO on`,
];

/** What the live schema differs in from a dump, with the calls that its own dump took. */
export async function diff({ wanted, sides, ...source }: SchemaSource & { wanted: string; sides?: Sides }) {
  const { text: live, dataApiCalls } = await dump(source);
  return { ...diffDumps({ wanted, live, ...(sides && { sides }) }), dataApiCalls };
}
