import { expect, test } from 'vitest';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

describeMysql('without the procedure: an attempt that has been begun already', () => {
  test.each([
    ['a statement that is taken back', 'insert into t values (1);'],
    ['one that commits', 'create table u (id int);'],
  ])('%s: is no failure of the migration, which is looked at anew', async (_, sql) => {
    const made = await mysqlBench({ witness: false });
    const first = { '0001_first': 'create table t (id int primary key);' };
    await made.up(first);
    // As the same request does that arrives twice.
    made.local.faults.before({ pattern: 'INSERT INTO .schema_migrations. ' }, async () => {
      await made.raw.query(`insert ignore into schema_migrations (name, attempt, checksum, statements_checksum, status, started_at, statements_applied, statements, target)
        values ('0002_x', 1, 'theirs', 'theirs', 'failed', utc_timestamp(6), 0, 1, 'applied')`);
    });
    const report = await made.up({ ...first, '0002_x': sql });
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(
      await made.sql(`select attempt, status, error_code from schema_migrations where name = '0002_x' order by 1`),
    ).toEqual([
      [1, 'failed', null],
      [2, 'applied', null],
    ]);
  });
});
