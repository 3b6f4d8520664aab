import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compile, reader } from '../../lib/compile/index.ts';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import { postgresqlSchema } from '../../lib/engine/postgresql/schema/index.ts';
import { dump } from '../../lib/runner/dump.ts';
import { PG_DUMP, pgDump } from '../schema/pg-dump.ts';
import { type Bench, bench } from '../support/migrations.ts';

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const CORPUS = at('../shared/corpora/authelia/postgresql');
/** Older ones refuse a server of version 17. */
const usable = Number(PG_DUMP?.split('.')[0] ?? 0) >= 17;

const folders = [
  { name: 'the sample', dir: at('sql/migrations'), there: true },
  {
    name: `authelia${existsSync(CORPUS) ? '' : ' (skipped: put its migrations at ../shared/corpora/authelia/postgresql)'}`,
    dir: CORPUS,
    there: existsSync(CORPUS),
  },
];

async function read(dir: string): Promise<ManifestReader> {
  const compiled = await compile({ dir, engine: 'postgresql' });
  expect(compiled.errors).toEqual([]);
  return reader(compiled);
}

/** The schema, by our own dump and by PostgreSQL's. */
async function schemaOf({ database, url }: Bench): Promise<string> {
  const own = (await dump({ database, schema: postgresqlSchema() })).text;
  return own + (usable ? pgDump(url) : '');
}

for (const { name, dir, there } of folders) {
  describe.skipIf(!there)(name, () => {
    test(`up, down to nothing, up again: the same schema${usable ? '' : ' (by our dump only: pg_dump 17 is not on the PATH)'}`, async () => {
      const made = await bench();
      const migrations = await read(dir);
      const revertible = migrations.manifest.migrations.slice(1).every(one => one.revertible);
      await made.up(migrations);
      const first = await schemaOf(made);
      const down = await made.revert(migrations, { to: '0' });
      if (!revertible) {
        expect(down).toMatchObject({ outcome: 'stopped', problems: [{ code: 'no-down' }] });
        return;
      }
      expect(down).toMatchObject({ outcome: 'reverted', failure: null });
      const left = await made.sql(`select relname from pg_class c join pg_namespace n on n.oid = relnamespace
        where nspname = 'public' and relkind in ('r', 'v', 'm', 'S') and relname !~ '^schema_migrations'`);
      expect(left).toEqual([]);
      expect(await made.up(migrations)).toMatchObject({ outcome: 'applied' });
      expect(await schemaOf(made)).toBe(first);
    });
  });
}
