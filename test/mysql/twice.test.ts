import { expect, test } from 'vitest';
import type { Report } from '../../lib/core/report.ts';
import type { Files } from '../support/migrations.ts';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';
import { mortal, quiet } from '../support/sweep.ts';
import { until } from '../support/until.ts';

const FIRST = { '0001_first': 'create table t (id int primary key);' };
const WAYS = [
  ['with the procedure', true, 'CALL .schema_migrations_apply_1'],
  ['without it', false, 'INSERT INTO .schema_migrations. '],
] as const;

describeMysql('a call whose answer was lost', () => {
  test.each(WAYS)(
    'arrives when its migration was applied and undone: nothing happens (%s)',
    async (_, witness, pattern) => {
      const made = await mysqlBench({ witness });
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
    async (_, witness, pattern) => {
      const made = await mysqlBench({ witness });
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

describeMysql('without the procedure: an attempt that has been begun already', () => {
  test.each([
    ['a statement that is taken back', 'insert into t values (1);'],
    ['one that commits', 'create table u (id int);'],
  ])('%s: is no failure of the migration, which is looked at anew', async (_, sql) => {
    const made = await mysqlBench({ witness: false });
    await made.up(FIRST);
    // As the same request does that arrives twice.
    made.local.faults.before({ pattern: 'INSERT INTO .schema_migrations. ' }, async () => {
      await made.raw.query(`insert ignore into schema_migrations (name, attempt, checksum, statements_checksum, status, started_at, statements_applied, statements, target)
        values ('0002_x', 1, 'theirs', 'theirs', 'failed', utc_timestamp(6), 0, 1, 'applied')`);
    });
    const report = await made.up({ ...FIRST, '0002_x': sql });
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(
      await made.sql(`select attempt, status, error_code from schema_migrations where name = '0002_x' order by 1`),
    ).toEqual([
      [1, 'failed', null],
      [2, 'applied', null],
    ]);
  });
});

describeMysql('without the procedure: a checkpoint that fails behind DDL that is done', () => {
  const FILES = { ...FIRST, '0002_v': 'create view v as select id from t; create view w as select id from t;' };
  /** That of the first view, from when it is there on. */
  const failing = async (message: string) => {
    const made = await mysqlBench({ witness: false });
    await made.up(FIRST);
    const fault = { name: 'DatabaseErrorException', status: 400, message };
    made.local.faults.after({ sql: 'create view v' }, () => {
      made.local.faults.add({ pattern: '^UPDATE .schema_migrations. h JOIN', fault });
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

describeMysql('without the procedure: a statement of which nothing tells whether it was done', () => {
  test('is not sent again by any later run, until somebody resolves it', async () => {
    const made = await mysqlBench({ witness: false });
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
  const made = (what: string) => `create ${what.replace('#', 'a')}; create ${what.replace('#', 'b')} where false;`;
  const SWAP = 'rename table a to c, b to a, c to b';

  test.each(
    WAYS.flatMap(
      ([how, witness]) =>
        [
          [how, 'of views that change places', witness, made('view # as select 1 as n from x'), SWAP],
          [how, 'of a view', witness, 'create view a as select 1 as n;', 'rename table a to b'],
          [how, 'of a view and a table', witness, 'create view a as select 1 as n; create table b (n int);', SWAP],
        ] as const,
    ),
  )('%s, %s: is known, and not done twice', async (_how, _what, witness, first, sql) => {
    const bench = await mysqlBench({ witness });
    const before = { '001_x': `create table x (n int); insert into x values (1); ${first}` };
    await bench.up(before);
    const report = await interrupted(bench, before, sql);
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.sql('select n from b')).toEqual([[1]]);
  });

  test.each(WAYS)('%s, of tables that have no numbers: a person is asked', async (_, witness) => {
    const bench = await mysqlBench({ witness });
    const before = { '001_x': 'create table a (n int) engine = myisam; create table b (m int) engine = myisam;' };
    await bench.up(before);
    const report = await interrupted(bench, before, SWAP);
    expect(report.migrations.at(-1)?.error).toMatchObject({ code: 'unknown-outcome', statement: 1 });
    expect(await bench.sql('select n from b')).toEqual([]);
  });

  async function interrupted(bench: MysqlBench, before: Files, sql: string): Promise<Report> {
    const files = { ...before, '002_x': `${sql};` };
    bench.local.faults.add({ fault: 'reset', when: 'after', sql });
    // With the procedure: its checkpoint never comes.
    await bench.raw.query(`create trigger stop before update on schema_migrations for each row begin
      if new.name = '002_x' and new.statements_applied = 1 and new.status = 'running' then signal sqlstate '45000'; end if; end`);
    const report = await bench.up(files, { leaseMs: 300 });
    await bench.raw.query('drop trigger stop');
    const code = report.migrations.at(-1)?.error?.code;
    return code === '45000' ? bench.up(files) : report;
  }
});

describeMysql('without the procedure: DDL of a run that is no more', () => {
  test.each([
    ['a column', 'alter table t add column x int;'],
    ['a table', 'create table x (id int);'],
    ['one that is gone', 'drop table gone;'],
    ['rows that are gone', 'truncate table gone; drop table gone;'],
  ])('arrives just before that of the run that has taken over: it is done, once (%s)', async (_, sql) => {
    const made = await mysqlBench({ witness: false });
    const first = { ...FIRST, '0002_gone': 'create table gone (id int); insert into gone values (1);' };
    await made.up(first);
    const [one] = sql.split(';');
    let arrived = false;
    made.local.faults.before({ sql: one! }, async () => {
      if (!arrived) await made.raw.query(one!);
      arrived = true;
    });
    const report = await made.up({ ...first, '0003_x': sql });
    expect(report.migrations.at(-1)?.error).toBeNull();
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(arrived).toBe(true);
  });

  test('arrives when the run that has taken over has looked, and not yet written down how things stand', async () => {
    const made = await mysqlBench({ witness: false });
    await made.up(FIRST);
    const files = { ...FIRST, '0002_x': 'alter table t add column x int;' };
    const death = new AbortController();
    made.local.faults.before({ sql: 'add column x' }, () => death.abort());
    made.local.faults.add({ fault: 'reset', sql: 'add column x' });
    void made.up(files, { leaseMs: 300, database: mortal(made.client(), death.signal) });
    await until('the death of the first run', () => death.signal.aborted);
    let arrived = false;
    made.local.faults.before({ pattern: '^INSERT INTO .schema_migrations. ' }, async () => {
      await made.raw.query('alter table t add column x int');
      arrived = true;
    });
    const report = await made.up(files, { leaseMs: 300 });
    expect(report.migrations.at(-1)?.error).toBeNull();
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(arrived).toBe(true);
  });

  test('what fails by itself has failed, though something else has changed', async () => {
    const made = await mysqlBench({ witness: false });
    await made.up(FIRST);
    made.local.faults.before({ sql: 'add column id' }, () =>
      made.raw.query('create table other (id int)').then(() => undefined),
    );
    const report = await made.up({ ...FIRST, '0002_x': 'alter table t add column id int;' });
    expect(report.migrations.at(-1)?.error).toMatchObject({ message: "Duplicate column name 'id' (error 1060)" });
  });
});
