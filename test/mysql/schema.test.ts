import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseDump } from '../../lib/core/schema-dump.ts';
import { mysqlSchema } from '../../lib/engine/mysql/schema/index.ts';
import { KINDS } from '../../lib/engine/mysql/schema/read.ts';
import { dump } from '../../lib/runner/dump.ts';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';
import { mysqlClient, mysqldump, PROGRAMS, PROGRAMS_NEEDED, withoutCounters } from './programs.ts';

const everyKind = readFileSync(new URL('every-kind.sql', import.meta.url), 'utf8');
const AUTHELIA = fileURLToPath(new URL('../../../shared/corpora/authelia/mysql', import.meta.url));
const corpus = existsSync(AUTHELIA);
/** Each file by itself, as a text of several statements. */
async function buildAuthelia({ raw }: MysqlBench): Promise<void> {
  const files = readdirSync(AUTHELIA).filter(file => file.endsWith('.up.sql'));
  for (const file of files.sort()) {
    const sql = readFileSync(join(AUTHELIA, file), 'utf8');
    // The server refuses a text without a statement.
    if (/^[^\s-]/m.test(sql)) await raw.query(sql);
  }
}

const schemas = [
  {
    name: 'of every kind of object',
    build: async ({ name }: MysqlBench) => mysqlClient(name, everyKind),
    there: true,
    whole: true,
  },
  {
    name: `of authelia${corpus ? '' : ' (skipped: put its migrations at ../shared/corpora/authelia/mysql)'}`,
    build: buildAuthelia,
    there: corpus,
    // Its migrations themselves are applied elsewhere.
    whole: false,
  },
];

const dumpOf = (bench: MysqlBench) => dump({ database: bench.client(), schema: mysqlSchema() });

describeMysql('the schema of a MySQL database', () => {
  for (const { name, build, there, whole } of schemas) {
    describe.skipIf(!there || !PROGRAMS)(`${name}${PROGRAMS_NEEDED}`, () => {
      test('built from its dump has the same dump, and to mysqldump is the same: by the client, and as a migration', async () => {
        const original = await mysqlBench();
        await build(original);
        const first = await dumpOf(original);
        expect(first.notDumped).toEqual([]);
        const kinds = new Set(parseDump(first.text).objects.map(({ kind }) => kind));
        if (whole) expect([...kinds].sort()).toEqual([...KINDS].sort());
        const theirs = withoutCounters(mysqldump(original.name));

        const copy = await mysqlBench();
        mysqlClient(copy.name, first.text);
        expect((await dumpOf(copy)).text).toBe(first.text);
        expect(withoutCounters(mysqldump(copy.name))).toBe(theirs);

        if (!whole) return;
        const migrated = await mysqlBench();
        const report = await migrated.up({ '001_schema': first.text });
        expect(report.migrations.flatMap(({ error }) => error ?? [])).toEqual([]);
        expect((await dumpOf(migrated)).text).toBe(first.text);
      });
    });
  }
});
