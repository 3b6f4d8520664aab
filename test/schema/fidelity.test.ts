import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseDump } from '../../lib/core/schema-dump.ts';
import { KINDS } from '../../lib/engine/postgresql/schema/catalog.ts';
import { dump } from '../../lib/runner/dump.ts';
import { PG_DUMP, PG_DUMP_NEEDED, pgDump } from './pg-dump.ts';
import { compiled, forServer, schemaDatabase } from './schema.ts';

const everyKind = await forServer(readFileSync(new URL('every-kind.sql', import.meta.url), 'utf8'));
const tricky = await forServer(readFileSync(new URL('tricky.sql', import.meta.url), 'utf8'));
/** Why those are built by a superuser. */
const SUPERUSER = 'foreign data wrappers, event triggers and publications of all tables are for nobody else';
const AUTHELIA = fileURLToPath(new URL('../../../shared/corpora/authelia/postgresql', import.meta.url));
const corpus = existsSync(AUTHELIA);
const authelia = corpus
  ? readdirSync(AUTHELIA)
      .filter(file => file.endsWith('.up.sql'))
      .sort()
      .map(file => readFileSync(join(AUTHELIA, file), 'utf8'))
      .join('\n;\n')
  : '';

const schemas: readonly { name: string; sql: string; there: boolean; superuser?: string }[] = [
  { name: 'of every kind of object', sql: everyKind, there: true, superuser: SUPERUSER },
  { name: 'of what goes wrong easily', sql: tricky, there: true, superuser: SUPERUSER },
  {
    name: `of authelia${corpus ? '' : ' (skipped: put its migrations at ../shared/corpora/authelia/postgresql)'}`,
    sql: authelia,
    there: corpus,
  },
];

for (const { name, sql, there, superuser } of schemas) {
  describe.skipIf(!there)(`a schema ${name}`, () => {
    test(`built from its dump has the same dump, and to pg_dump is the same${PG_DUMP_NEEDED}`, async () => {
      await using original = await schemaDatabase(sql, superuser);
      const first = await dump(original);
      expect(first.notDumped).toEqual([]);
      await using copy = await schemaDatabase('', superuser);
      await copy.run(first.text);
      expect((await dump(copy)).text).toBe(first.text);
      if (PG_DUMP !== undefined) expect(pgDump(copy.local.postgresUrl)).toBe(pgDump(original.local.postgresUrl));

      await using migrated = await schemaDatabase('', superuser);
      await migrated.migrate(await compiled({ '001_schema.sql': first.text }));
      expect((await dump(migrated)).text).toBe(first.text);
    });
  });
}

test('the schema of every kind has every kind', async () => {
  await using original = await schemaDatabase(everyKind, SUPERUSER);
  const { objects } = parseDump((await dump({ ...original, grants: true })).text);
  expect(KINDS.filter(kind => !objects.some(object => object.kind === kind))).toEqual(['grants']);
});
