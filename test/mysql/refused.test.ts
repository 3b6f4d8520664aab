import { expect, test } from 'vitest';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const FIRST = { '001_t': 'create table t (id int primary key, a longtext);' };

describeMysql('without the procedure', () => {
  test.each([
    [
      'a SELECT of more than the service returns',
      "select repeat('x', 2000000) as a",
      null,
      'size limit',
      'fix the file',
    ],
    [
      ...['a statement that is longer than the service takes', `insert into t values (2, '${'x'.repeat(66_000)}')`],
      ...['statement-too-long', 'statement 2 has 66', 'grant the user CREATE ROUTINE'],
    ],
  ] as const)('%s fails with its place', async (_, sql, code, says, remedy) => {
    for (const sets of ['', 'set @x = 1; ']) {
      const bench = await mysqlBench({ witness: false });
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

describeMysql('where the answer is lost', () => {
  test.each([
    ['with the procedure', true],
    ['without it', false],
  ])('%s: an event for a single time is not made twice', async (_, witness) => {
    const bench = await mysqlBench({ witness });
    await bench.up(FIRST);
    const event =
      "create event once on schedule at current_timestamp do insert into t select coalesce(max(id), 0) + 1, '' from t;";
    bench.local.faults.add({ fault: 'reset', when: 'after', sql: 'create event' });
    const report = await bench.up({ ...FIRST, '002_x': event }, { leaseMs: 300 });
    expect(report.migrations.at(-1)?.error).toMatchObject({ code: 'unknown-outcome', statement: 1 });
  });

  test.each([
    ['with the procedure', true],
    ['without it', false],
  ])('%s: a right is not taken away twice', async (_, witness) => {
    const bench = await mysqlBench({ witness });
    await bench.up(FIRST);
    const user = `u${bench.name.slice(-8)}`;
    await bench.raw.query(`create user ${user}; grant select on t to ${user}`);
    try {
      const files = {
        ...FIRST,
        '002_x': `revoke select on t from ${user};\nrevoke if exists select on t from ${user};`,
      };
      if (witness) {
        // The checkpoint behind it never comes.
        await bench.raw.query(`create trigger stop before update on schema_migrations for each row begin
          if new.statements_applied = 1 then signal sqlstate '45000'; end if; end`);
        bench.local.faults.add({ fault: 'reset', when: 'after', sql: 'CALL', call: 1 });
        await bench.up(files, { leaseMs: 300 });
        await bench.raw.query('drop trigger stop');
      } else bench.local.faults.add({ fault: 'reset', when: 'after', sql: 'revoke select' });
      const report = await bench.up(files, { leaseMs: 300 });
      expect(report.migrations.at(-1)?.error).toMatchObject({ code: 'unknown-outcome', statement: 1 });
      await bench.resolve(files, '002_x', 1, 'done');
      expect((await bench.up(files)).outcome).toBe('applied');
    } finally {
      await bench.raw.query(`drop user ${user}`);
    }
  });
});
