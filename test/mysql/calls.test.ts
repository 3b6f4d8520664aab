import { describe, expect, test } from 'vitest';
import type { Files } from '../support/migrations.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

interface Shape {
  readonly what: string;
  readonly files: Files;
  /** Statements, and how many of them cannot be prepared. */
  readonly statements: number;
  readonly unprepared: number;
  /** The calls of a run that applies them. */
  readonly witness: number;
  readonly plain: number;
}

const table = 'create table t (id int primary key, n int);';
const trigger = (name: string, on = 't') =>
  `create trigger ${name} before insert on ${on} for each row set new.n = ${name.length};`;

/**
 * A run reads the history, acquires the lease, reads again, and releases it: 4. With the procedure a migration takes 1 more, a statement that
 * cannot be prepared 2 and its session 3 a run (begin, SET, commit). Without it: the procedure is asked for, 1; DDL takes its mark, itself, and
 * sometimes a checkpoint, and their session 4 a run (begin, SET, SET, commit); DML 4.
 */
const SHAPES: readonly Shape[] = [
  {
    what: 'DDL and DML',
    files: { '002_a': `${table} insert into t values (1, 1); alter table t add m int;` },
    ...{ statements: 3, unprepared: 0, witness: 4 + 1, plain: 5 + 4 + 2 + 4 + 3 },
  },
  {
    what: 'migrations of one DML each',
    files: {
      '002_a': table,
      '003_b': 'insert into t values (1, 1);',
      '004_c': 'update t set n = 2;',
      '005_d': 'delete from t;',
    },
    ...{ statements: 4, unprepared: 0, witness: 4 + 4, plain: 5 + 4 + 3 + 3 * 4 },
  },
  {
    what: 'DDL only',
    files: { '002_a': table, '003_b': 'alter table t add m int; create index i on t (n);' },
    ...{ statements: 3, unprepared: 0, witness: 4 + 2, plain: 5 + 4 + 3 + 5 + 1 },
  },
  {
    what: 'a trigger between others',
    files: { '002_a': `${table} ${trigger('g')} insert into t values (1, 1);` },
    ...{ statements: 3, unprepared: 1, witness: 4 + 1 + 2 + 3, plain: 5 + 4 + 3 + 2 + 4 },
  },
  {
    what: 'routines only',
    files: { '002_a': 'create procedure a() select 1; create procedure b() select 2; create procedure c() select 3;' },
    ...{ statements: 3, unprepared: 3, witness: 4 + 1 + 3 * 2 + 3, plain: 5 + 4 + 3 * 3 },
  },
  {
    what: 'a trigger in each of two migrations',
    files: { '002_a': `${table} ${trigger('g')}`, '003_b': `${trigger('h')} insert into t values (1, 1);` },
    ...{ statements: 4, unprepared: 2, witness: 4 + 2 * (1 + 2) + 3 + 1, plain: 5 + 4 + 3 + 3 + 2 + 4 },
  },
  {
    what: 'settings before DML',
    files: {
      '002_a': `${table} set foreign_key_checks = 0; insert into t values (1, 1); insert into t values (2, 2); insert into t values (3, 3);`,
    },
    // Two statements share what their session costs: begin, SET, checkpoint, the two, SET, commit.
    ...{ statements: 5, unprepared: 0, witness: 4 + 1, plain: 5 + 4 + 2 + 2 * 7 },
  },
  { what: 'comments only', files: { '002_a': '-- none' }, statements: 0, unprepared: 0, witness: 4 + 1, plain: 5 + 1 },
];

describeMysql('the calls of a run', () => {
  describe.each([
    ['with the procedure', true],
    ['without it', false],
  ])('%s', (_, witness) => {
    test.each(SHAPES)('$what', async ({ files, statements, unprepared, witness: withIt, plain }) => {
      const bench = await mysqlBench({ witness });
      const first = { '001_first': '-- none' };
      await bench.up(first);
      const report = await bench.up({ ...first, ...files });
      expect(report.problems).toEqual([]);
      expect(report.outcome).toBe('applied');
      const { dataApiCalls } = report;
      const said = bench.local.log.entries
        .slice(-dataApiCalls)
        .map(({ operation, sql }) => (sql ?? operation).slice(0, 70));
      expect(dataApiCalls, said.join('\n')).toBe(witness ? withIt : plain);
      // What was promised.
      const migrations = Object.keys(files).length;
      expect(dataApiCalls).toBeLessThanOrEqual(witness ? 2 * migrations + 2 * unprepared + 6 : 5 * statements + 8);
      expect((await bench.up({ ...first, ...files })).dataApiCalls).toBe(1);
    });

    test('one that goes on where another stopped', async () => {
      const bench = await mysqlBench({ witness });
      await bench.up({ '001_first': '-- none' });
      const files = (last: string) => ({
        '001_first': '-- none',
        '002_a': `${table} insert into t values (1, 1); ${last}`,
      });
      expect((await bench.up(files('drop table nothing;'))).outcome).toBe('failed');
      const { dataApiCalls, outcome } = await bench.up(files('update t set n = 2;'));
      expect(outcome).toBe('applied');
      // The attempt that stopped is read once more.
      expect(dataApiCalls).toBe(witness ? 5 + 1 : 6 + 4);
      expect(dataApiCalls).toBeLessThanOrEqual(witness ? 2 + 6 : 5 + 8);
    });
  });

  test('a procedure that somebody dropped is made again, and one that cannot be made is asked for once a run', async () => {
    const bench = await mysqlBench();
    const first = { '001_t': table };
    await bench.up(first);
    const procedures = () =>
      bench.value('select count(*) from information_schema.routines where routine_schema = database()');
    expect(await procedures()).toBe(3);
    await bench.raw.query('drop procedure schema_migrations_apply_1');
    expect((await bench.up(first)).dataApiCalls).toBe(1);
    expect(await bench.up({ ...first, '002_a': 'insert into t values (1, 1);' })).toMatchObject({
      outcome: 'applied',
      dataApiCalls: 4 + 3 + 1,
    });
    expect(await procedures()).toBe(3);

    const without = await mysqlBench({ witness: false });
    const asked = () => without.local.log.entries.filter(({ sql }) => sql?.startsWith('CREATE PROCEDURE')).length;
    await without.up(first);
    expect(asked()).toBe(1);
    await without.up({ ...first, '002_a': 'insert into t values (1, 1);', '003_b': 'insert into t values (2, 1);' });
    expect(asked()).toBe(2);
  });
});
