import { expect, test } from 'vitest';
import { history } from '../../lib/runner/index.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

describeMysql('the tracking tables', () => {
  test('a hundred attempts with long errors are read, though an answer ends at 1 MiB', async () => {
    const bench = await mysqlBench();
    const files = { '001_t': 'create table t (id int);' };
    await bench.up(files);
    await bench.raw.query(`insert into schema_migrations (name, attempt, direction, checksum, statements_checksum, status, started_at, error_message, error_detail)
      with recursive n as (select 1 as n union all select n + 1 from n where n < 100)
      select '002_u', n, 'up', repeat('a', 64), repeat('a', 64), 'failed', utc_timestamp(6), repeat('€', 4000), repeat('€', 4000) from n`);
    const attempts = await history({ ...(await bench.runner(files)), limit: 1000 });
    expect(attempts.filter(({ name }) => name === '002_u')).toHaveLength(100);
    expect(attempts[50]!.errorMessage).toHaveLength(4000);
  });

  test('a run begins beside any other statement of the database', async () => {
    const bench = await mysqlBench();
    const files = { '001_t': 'create table t (id int);' };
    await bench.up(files);
    const busy = bench.raw.query('select sleep(1.5)');
    expect((await bench.up({ ...files, '002_u': 'create table u (id int);' })).outcome).toBe('applied');
    await busy;
  });

  test.each(['schema_migrations', 'schema_migrations_lease'])(
    '%s was dropped while a run was at work: it is made again, and the run ends as what it finds says',
    async table => {
      const bench = await mysqlBench();
      const files = { '001_t': 'create table t (id int);', '002_u': 'create table u (id int);' };
      await bench.up({ '001_t': files['001_t'] });
      bench.local.faults.before({ sql: 'GET_LOCK' }, async () => {
        await bench.raw.query(`drop table ${table}`);
      });
      const report = await bench.up(files, { leaseMs: 300, budgetMs: 1500 }).catch((error: Error) => error);
      expect(String((report as Error).message ?? '')).not.toContain("doesn't exist");
      expect(await bench.sql(`show tables like '${table}'`)).toHaveLength(1);
    },
  );

  test('of an earlier build of this tool are refused, and what to drop is said', async () => {
    const bench = await mysqlBench();
    await bench.raw.query(`create table schema_migrations (name varchar(200) primary key, attempt int, status varchar(16), picture longtext);
      create table schema_migrations_lease (id varchar(700) primary key);
      create procedure schema_migrations_apply_1() select 1; create procedure schema_migrations_session_1() select 1`);
    await expect(bench.up({ '001_t': 'create table t (id int);' })).rejects.toMatchObject({
      problems: [
        {
          code: 'foreign-table',
          message: 'The table schema_migrations was made by an earlier build of aurora-migrations',
          remedy:
            'Nothing of it was ever released: drop the tables schema_migrations and schema_migrations_lease and the procedures schema_migrations_session_1, schema_migrations_picture_1 and schema_migrations_apply_1, as far as they are there, and run again',
        },
      ],
    });
  });
});
