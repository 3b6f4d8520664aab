import { expect, test } from 'vitest';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const FIRST = { '001_t': 'create table t (id int primary key, n int);' };

describeMysql.each([
  ['COMMIT AND CHAIN executed', true],
  ['COMMIT AND CHAIN refused', false],
] as const)('warnings before an error, %s', (_, chains) => {
  test.each([
    ["set sql_mode = '';\ninsert into t values (1, 'abc'), (1, 2);", '23000', /^Duplicate entry '1' .*\(error 1062\)$/],
    ['select 1;\ncreate table z (a varchar(5) charset utf8, b nothing);', '42000', /SQL syntax.*\(error 1064\)$/],
  ])('are not taken for it: %s', async (sql, code, message) => {
    const bench = await mysqlBench({ chains });
    await bench.up(FIRST);
    const report = await bench.up({ ...FIRST, '002_x': sql });
    expect(report.migrations.at(-1)?.error).toMatchObject({
      code,
      statement: 2,
      message: expect.stringMatching(message),
    });
  });
});
