import { expect, test } from 'vitest';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const HERE = "object_schema = database() and object_name = 'schema_migrations' and lock_type = 'RECORD'";

describeMysql('a long history', () => {
  test('of it a migration locks no rows but its own', async () => {
    const bench = await mysqlBench();
    const first = { '001_a': 'select 1;' };
    await bench.up(first);
    await bench.raw.query(`set session cte_max_recursion_depth = 2000;
      insert into schema_migrations (name, attempt, direction, version, checksum, statements_checksum, status, started_at)
        with recursive n as (select 1 as i union all select i + 1 from n where i < 1000)
        select concat('0', i, '_x'), 1, 'up', '0', '', '', 'applied', now() from n;
      create table seen (n int);
      create trigger begun before insert on schema_migrations for each row
        insert into seen select count(*) from performance_schema.data_locks where ${HERE};
      create trigger moved after update on schema_migrations for each row
        insert into seen select count(*) from performance_schema.data_locks where ${HERE}`);
    const files = {
      ...first,
      '002_b': 'create table t (id int);\ninsert into t values (1);\ninsert into t values (2);',
    };
    expect(await bench.up(files)).toMatchObject({ outcome: 'applied' });
    expect(await bench.value('select count(*) from seen')).toBe(3);
    expect(await bench.value('select max(n) from seen')).toBeLessThan(10);
  });
});
