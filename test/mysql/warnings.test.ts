import { expect, test } from 'vitest';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const FIRST = { '001_t': 'create table t (id int primary key, n int);' };

describeMysql.each([
  ['with the procedure', true],
  ['without it', false],
] as const)('warnings before an error, %s', (_, witness) => {
  test.each([
    ["set sql_mode = '';\ninsert into t values (1, 'abc'), (1, 2);", '23000', /^Duplicate entry '1' .*\(error 1062\)$/],
    ['select 1;\ncreate table z (a varchar(5) charset utf8, b nothing);', '42000', /SQL syntax.*\(error 1064\)$/],
  ])('are not taken for it: %s', async (sql, code, message) => {
    const bench = await mysqlBench({ witness });
    await bench.up(FIRST);
    const report = await bench.up({ ...FIRST, '002_x': sql });
    expect(report.migrations.at(-1)?.error).toMatchObject({
      code,
      statement: 2,
      message: expect.stringMatching(message),
    });
  });
});

describeMysql('more warnings than the server keeps', () => {
  test('are not taken for the error either', async () => {
    const bench = await mysqlBench();
    await bench.up(FIRST);
    const kept = Number(await bench.value('select @@global.max_error_count'));
    const rows = Array.from({ length: kept + 1 }, (_, id) => `(${id}, 'a')`);
    const sql = `set sql_mode = '';\ninsert into t values ${rows.join(', ')}, (1, 1);`;
    const report = await bench.up({ ...FIRST, '002_x': sql });
    expect(report.migrations.at(-1)?.error).toMatchObject({
      statement: 2,
      message: 'it failed, and what the database said of that is lost behind its warnings',
    });
  });
});
