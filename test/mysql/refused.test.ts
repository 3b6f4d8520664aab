import { expect, test } from 'vitest';
import { compileMysql, describeMysql, mysqlBench } from '../support/mysql.ts';

const FIRST = { '001_t': 'create table t (id int primary key, a longtext);' };

describeMysql('what the service does not return', () => {
  test.each([
    [
      'a SELECT of more than the service returns',
      "select repeat('x', 2000000) as a",
      null,
      'size limit',
      'fix the file',
    ],
  ] as const)('%s fails with its place', async (_, sql, code, says, remedy) => {
    for (const sets of ['', 'set @x = 1; ']) {
      const bench = await mysqlBench();
      await bench.up(FIRST);
      const file = `${sets}insert into t values (1, 'a');\n${sql};\ninsert into t values (3, 'c');`;
      const report = await bench.up({ ...FIRST, '002_x': file }, { budgetMs: 20_000 });
      expect(report).toMatchObject({ outcome: 'failed', problems: [] });
      expect(report.migrations.at(-1)?.error).toMatchObject({
        ...{ code, statement: sets ? 3 : 2, file: '002_x.sql', line: 2 },
        ...{ message: expect.stringContaining(sets ? says.replace('2', '3') : says) },
        remedy: expect.stringContaining(remedy),
      });
      expect(await bench.sql("select status from schema_migrations where name = '002_x'")).toEqual([['failed']]);
      expect(await bench.sql('select id from t')).toEqual([[1]]);
      expect(bench.local.openTransactions()).toBe(0);
    }
  });
});

test('a statement that is longer than the service takes is an error of its place', async () => {
  const { errors } = await compileMysql({ '002_x': `select 1;\ninsert into t values (2, '${'x'.repeat(66_000)}');` });
  expect(errors).toMatchObject([
    { code: 'statement-too-long', place: { line: 2 }, remedy: expect.stringContaining('Split it') },
  ]);
});

describeMysql('where the answer is lost', () => {
  test.each([
    ['COMMIT AND CHAIN executed', true],
    ['COMMIT AND CHAIN refused', false],
  ])('%s: an event for a single time is not made twice', async (_, chains) => {
    const bench = await mysqlBench({ chains });
    await bench.up(FIRST);
    const event =
      "create event once on schedule at current_timestamp do insert into t select coalesce(max(id), 0) + 1, '' from t;";
    bench.local.faults.add({ fault: 'reset', when: 'after', sql: 'create event' });
    const report = await bench.up({ ...FIRST, '002_x': event }, { leaseMs: 300 });
    expect(report.migrations.at(-1)?.error).toMatchObject({ code: 'unknown-outcome', statement: 1 });
  });

  test.each([
    ['COMMIT AND CHAIN executed', true],
    ['COMMIT AND CHAIN refused', false],
  ])('%s: a right is not taken away twice', async (_, chains) => {
    const bench = await mysqlBench({ chains });
    await bench.up(FIRST);
    const user = `u${bench.name.slice(-8)}`;
    await bench.raw.query(`create user ${user}; grant select on t to ${user}`);
    try {
      const files = {
        ...FIRST,
        '002_x': `revoke select on t from ${user};\nrevoke if exists select on t from ${user};`,
      };
      bench.local.faults.add({ fault: 'reset', when: 'after', sql: 'revoke select' });
      const report = await bench.up(files, { leaseMs: 300 });
      expect(report.migrations.at(-1)?.error).toMatchObject({ code: 'unknown-outcome', statement: 1 });
      await bench.resolve(files, '002_x', 1, 'done');
      expect((await bench.up(files)).outcome).toBe('applied');
    } finally {
      await bench.raw.query(`drop user ${user}`);
    }
  });
});
