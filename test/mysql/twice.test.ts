import { expect, test } from 'vitest';
import type { Report } from '../../lib/core/report.ts';
import type { Files } from '../support/migrations.ts';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';
import { mortal, quiet } from '../support/sweep.ts';
import { until } from '../support/until.ts';

const FIRST = { '0001_first': 'create table t (id int primary key);' };
const WAYS = [
  ['COMMIT AND CHAIN executed', true, 'INSERT INTO .schema_migrations. '],
  ['COMMIT AND CHAIN refused', false, 'INSERT INTO .schema_migrations. '],
] as const;

describeMysql('a call whose answer was lost', () => {
  test.each(WAYS)(
    'arrives when its migration was applied and undone: nothing happens (%s)',
    async (_, chains, pattern) => {
      const made = await mysqlBench({ chains });
      const files = { ...FIRST, '0002_a': 'create table a (id int);\n-- migrate:down\ndrop table a;' };
      await made.up(FIRST);
      const death = new AbortController();
      let arrive = () => {};
      made.local.faults.before({ pattern }, () => {
        death.abort();
        return new Promise<void>(resolve => {
          arrive = resolve;
        });
      });
      void made.up(files, { leaseMs: 300, database: mortal(made.client(), death.signal) });
      await until('the death of the first run', () => death.signal.aborted);
      expect(await made.up(files)).toMatchObject({ outcome: 'applied' });
      expect(await made.revert(files, { steps: 1 })).toMatchObject({ outcome: 'reverted' });
      arrive();
      await quiet(made.local);
      expect(
        await made.sql(
          `select table_name from information_schema.tables where table_schema = database() and table_name = 'a'`,
        ),
      ).toEqual([]);
      expect(await made.sql(`select status from schema_migrations where name = '0002_a' order by attempt`)).toEqual([
        ['applied'],
        ['reverted'],
      ]);
    },
  );

  test.each(WAYS)(
    'its run takes its own lease over, and does not wait for its end (%s)',
    async (_, chains, pattern) => {
      const made = await mysqlBench({ chains });
      await made.up(FIRST);
      // The first request for it that follows is lost too.
      made.local.faults.add({ fault: 'reset', when: 'after', pattern });
      made.local.faults.after({ pattern }, () =>
        made.local.faults.add({ fault: 'reset', sql: 'aurora-migrations held' }),
      );
      const files = { ...FIRST, '0002_x': 'insert into t values (1);' };
      expect(await made.up(files, { leaseMs: 600_000, budgetMs: 20_000 })).toMatchObject({
        outcome: 'applied',
        problems: [],
      });
      expect(made.local.log.entries.filter(({ faults }) => faults.some(one => one.startsWith('reset')))).toHaveLength(
        2,
      );
      expect(await made.sql('select id from t')).toEqual([[1]]);
    },
  );
});

describeMysql('a checkpoint that fails behind DDL that is done', () => {
  const FILES = { ...FIRST, '0002_v': 'create view v as select id from t; create view w as select id from t;' };
  /** That of the first view, from when it is there on. */
  const failing = async (message: string) => {
    const made = await mysqlBench();
    await made.up(FIRST);
    const fault = { name: 'DatabaseErrorException', status: 400, message };
    made.local.faults.after({ sql: 'create view v' }, () => {
      made.local.faults.add({ pattern: '^INSERT INTO .schema_migrations. ', fault });
    });
    return made;
  };

  test.each([
    ['a deadlock', 'Deadlock found when trying to get lock; Error code: 1213; SQLState: 40001'],
    ['interrupted', 'Query execution was interrupted; Error code: 1317; SQLState: 70100'],
    ['no room', "The table 'schema_migrations' is full; Error code: 1114; SQLState: HY000"],
  ])('%s: it is not sent again, and is no failure', async (_, message) => {
    const made = await failing(message);
    expect(await made.up(FILES, { lockTimeoutMs: 1000 })).toMatchObject({ outcome: 'applied', problems: [] });
    expect(made.local.log.entries.filter(({ sql }) => sql?.includes('create view v'))).toHaveLength(1);
    expect(await made.sql('select count(*) from v, w')).toEqual([[0]]);
  });
});

describeMysql('a statement of which nothing tells whether it was done', () => {
  test('is not sent again by any later run, until somebody resolves it', async () => {
    const made = await mysqlBench();
    const first = { ...FIRST, '0002_p': 'create table log (n int); create procedure p() insert into log values (7);' };
    await made.up(first);
    const files = { ...first, '0003_x': 'call p(); insert into log values (3);' };
    made.local.faults.add({ fault: 'reset', when: 'after', pattern: 'call p..$' });
    for (let nth = 0; nth < 3; nth++) {
      const report = await made.up(files, { leaseMs: 300 });
      expect(report.outcome).toBe('failed');
      expect(report.migrations.at(-1)?.error).toMatchObject({ code: 'unknown-outcome', statement: 1 });
    }
    expect(await made.sql('select n from log')).toEqual([[7]]);
    await made.resolve(files, '0003_x', 1, 'done');
    expect(await made.up(files)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await made.sql('select n from log')).toEqual([[7], [3]]);
  });
});

describeMysql('a RENAME that was done, and nobody has written that down', () => {
  const SWAP = 'rename table a to c, b to a, c to b';

  test.each(
    WAYS.flatMap(
      ([how, chains]) =>
        [
          [how, 'of a view', chains, 'create view a as select 1 as n;', 'rename table a to b'],
          [how, 'of a view and a table', chains, 'create view a as select 1 as n; create table b (n int);', SWAP],
        ] as const,
    ),
  )('%s, %s: is known, and not done twice', async (_how, _what, chains, first, sql) => {
    const bench = await mysqlBench({ chains });
    const before = { '001_x': `create table x (n int); insert into x values (1); ${first}` };
    await bench.up(before);
    const report = await interrupted(bench, before, sql);
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.sql('select n from b')).toEqual([[1]]);
  });

  test.each([
    ['tables that have no numbers', 'create table a (n int) engine = myisam; create table b (n int) engine = myisam;'],
    ['views', 'create view a as select 1 as n from x; create view b as select 1 as n from x where false;'],
  ])('of %s that change places: a person is asked', async (_, made) => {
    const bench = await mysqlBench();
    const before = { '001_x': `create table x (n int); insert into x values (1); ${made}` };
    await bench.up(before);
    const report = await interrupted(bench, before, SWAP);
    expect(report.migrations.at(-1)?.error).toMatchObject({ code: 'unknown-outcome', statement: 1 });
  });

  async function interrupted(bench: MysqlBench, before: Files, sql: string): Promise<Report> {
    const files = { ...before, '002_x': `${sql};` };
    bench.local.faults.add({ fault: 'reset', when: 'after', sql });
    return bench.up(files, { leaseMs: 300 });
  }
});

describeMysql('a statement that fails', () => {
  test('what fails by itself has failed, though something else has changed', async () => {
    const made = await mysqlBench();
    await made.up(FIRST);
    made.local.faults.before({ sql: 'add column id' }, () =>
      made.raw.query('create table other (id int)').then(() => undefined),
    );
    const report = await made.up({ ...FIRST, '0002_x': 'alter table t add column id int;' });
    expect(report.migrations.at(-1)?.error).toMatchObject({ message: "Duplicate column name 'id' (error 1060)" });
  });
});
