import { describe, expect, test } from 'vitest';
import { type Bench, bench } from '../support/migrations.ts';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';

/** As Drizzle, diesel and others number them: the tracking tables, whose version is 000 too, are no migration of the folder. */
const FILES = {
  '0000_a': 'create table a (id int);\n-- migrate:down\ndrop table a;',
  '0001_b': 'create table b (id int);\n-- migrate:down\ndrop table b;',
};

describe.each<[string, typeof describeMysql, () => Promise<Bench | MysqlBench>]>([
  ['PostgreSQL', describe, bench],
  ['MySQL', describeMysql, mysqlBench],
])('version 0, %s', (_, suite, start) => {
  suite('is a version like any other', () => {
    test('applied after the tracking tables, kept by `--to 0`, undone by number, renamed', async () => {
      const { up, status, revert, sql } = await start();
      expect(await up(FILES)).toMatchObject({
        outcome: 'applied',
        applied: ['000_create_migrations_table', '0000_a', '0001_b'],
      });
      expect((await status(FILES)).migrations.map(({ name, state }) => `${name} ${state}`)).toEqual([
        '000_create_migrations_table applied',
        '0000_a applied',
        '0001_b applied',
      ]);
      expect(await revert(FILES, { to: '0' })).toMatchObject({ outcome: 'reverted', reverted: ['0001_b'] });
      expect(await revert(FILES, { to: '0' })).toMatchObject({ outcome: 'nothing-to-do' });
      const renamed = { '0000_first': FILES['0000_a'], '0001_b': FILES['0001_b'] };
      expect(await up(renamed)).toMatchObject({ outcome: 'applied', applied: ['0001_b'] });
      expect(await revert(renamed, { steps: 2 })).toMatchObject({ reverted: ['0001_b', '0000_first'] });
      expect(await up(renamed)).toMatchObject({ outcome: 'applied', applied: ['0000_first', '0001_b'] });
      expect(await sql('select * from a')).toEqual([]);
    });

    test('taken over by a baseline', async () => {
      const { up, sql } = await start();
      await sql('create table a (id int)');
      expect(await up(FILES, { baseline: '0000' })).toMatchObject({ outcome: 'applied', problems: [] });
      expect(await sql(`select name, status from schema_migrations where version <> '000' order by name`)).toEqual([
        ['0000_a', 'baselined'],
        ['0001_b', 'applied'],
      ]);
    });
  });
});
