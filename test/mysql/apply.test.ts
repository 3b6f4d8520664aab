import { expect, test } from 'vitest';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

describeMysql('apply', () => {
  test('first', async () => {
    const bench = await mysqlBench();
    const files = {
      '001_a': 'create table a(id int primary key);\ninsert into a values (1);\ncreate index i on a(id);',
      '002_b':
        'create table b(x int);\ncreate trigger t before insert on b for each row set new.x = 1;\ninsert into b values (2);',
    };
    const report = await bench.up(files);
    console.log(JSON.stringify(report, null, 1));
    for (const e of bench.local.log.entries) console.log(e.outcome, e.sql?.replace(/\s+/g, ' ').slice(0, 100));
    expect(report.outcome).toBe('applied');
  });
});
