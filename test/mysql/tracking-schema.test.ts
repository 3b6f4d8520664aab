import { expect, test } from 'vitest';
import { describeMysql, freshMysql, mysqlBench } from '../support/mysql.ts';

const FILES = {
  '001_t': `create table t (id int primary key, n int);
insert into t values (1, 1);
create procedure p() select 1;
alter table t add m int;`,
  '002_u': '-- migrate:up\nupdate t set n = 2;\ncreate table u (id int);\n-- migrate:down\ndrop table u;',
};

describeMysql('tracking tables in another database', () => {
  test.each([
    ['COMMIT AND CHAIN executed', true],
    ['COMMIT AND CHAIN refused', false],
  ])('%s: the migrations are in that of the connection', async (_, chains) => {
    const { name: schema, raw } = await freshMysql();
    // A table of the same name, which is none of the migrations' business.
    await raw.query('create table t (id int primary key, n int); insert into t values (9, 9)');
    const bench = await mysqlBench({ schema, chains });
    const tables = (database: string) =>
      bench.sql('select table_name from information_schema.tables where table_schema = ? order by 1', [database]);
    expect(await bench.up(FILES)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await tables(bench.name)).toEqual([['t'], ['u']]);
    expect(await tables(schema)).toEqual([
      ['schema_migrations'],
      ['schema_migrations_hooks'],
      ['schema_migrations_lease'],
      ['t'],
    ]);
    expect(await bench.sql('select id, n, m from t')).toEqual([[1, 2, null]]);
    expect((await bench.up(FILES)).dataApiCalls).toBe(1);
    expect(await bench.revert(FILES, { steps: 1 })).toMatchObject({ outcome: 'reverted' });
    expect(await tables(bench.name)).toEqual([['t']]);
    const routines = await bench.sql(
      'select routine_schema = ?, count(*) from information_schema.routines where routine_schema in (?, ?) group by 1',
      [bench.name, bench.name, schema],
    );
    expect(routines).toEqual([[1, 1]]);
  });

  test('where the answer of a call is lost, what became of it is looked at there', async () => {
    const { name: schema } = await freshMysql();
    const bench = await mysqlBench({ schema });
    bench.local.faults.add({ fault: 'reset', when: 'after', sql: 'create procedure p' });
    expect(await bench.up(FILES, { leaseMs: 300 })).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.sql('select id, n, m from t')).toEqual([[1, 2, null]]);
  });
});
