import { expect, test } from 'vitest';
import type { Target } from '../../lib/local/faults.ts';
import type { MysqlSwitches } from '../../lib/local/index.ts';
import type { Files } from '../support/migrations.ts';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';
import { clientOf, SHORT } from '../support/sweep.ts';

/** What others left on every connection of the pool. */
const FOUND =
  "set foreign_key_checks = 0, unique_checks = 0, sql_safe_updates = 1, sql_select_limit = 7, time_zone = '+05:00', group_concat_max_len = 44, lock_wait_timeout = 77, innodb_lock_wait_timeout = 33, sql_mode = 'NO_ZERO_DATE'";
const SHOWN = `concat_ws(' ', @@foreign_key_checks, @@unique_checks, @@sql_safe_updates, @@sql_select_limit, @@time_zone, @@group_concat_max_len,
  @@lock_wait_timeout, @@innodb_lock_wait_timeout, @@sql_mode, @@character_set_client, @@character_set_results, @@collation_connection, @@autocommit)`;

/** The sessions of the pool, however many there are. */
async function sessions(bench: MysqlBench): Promise<string[]> {
  const client = bench.client();
  const seen = new Set<string>();
  for (let nth = 0; nth < 40; nth++) {
    const [row] = await client.execute({ sql: `select ${SHOWN}`, effect: 'read' });
    seen.add(row![0]!);
  }
  return [...seen];
}

const WAYS = [
  ['COMMIT AND CHAIN executed', true],
  ['COMMIT AND CHAIN refused', false],
] as const;

const FILES = {
  '001_a': `create table t (id int primary key, n int);
set unique_checks = 0, sql_mode = 'TRADITIONAL', names latin1;
insert into t values (1, @@foreign_key_checks);
create trigger g before insert on t for each row set new.n = 1;
set time_zone = '+02:00';
alter table t add m int;
insert into t values (2, 2, 2);`,
  '002_b': 'create procedure p() select 1;\ninsert into t values (3, 3, 3);',
};

describeMysql('the sessions of the pool', () => {
  test.each(WAYS)('%s: a run leaves each as it was found', async (_, chains) => {
    const bench = await mysqlBench({ chains, dirty: [FOUND], poolSize: 4 });
    const before = await sessions(bench);
    expect(before).toHaveLength(1);
    const report = await bench.up(FILES);
    expect(report.migrations.map(({ error }) => error).filter(Boolean)).toEqual([]);
    expect(report.outcome).toBe('applied');
    // What was found is not what the statements met.
    expect(await bench.value('select n from t where id = 1')).toBe(1);
    expect(await sessions(bench)).toEqual(before);
    expect(bench.local.openTransactions()).toBe(0);
  });

  test.each(WAYS)('%s: also where it fails', async (_, chains) => {
    const bench = await mysqlBench({ chains, dirty: [FOUND], poolSize: 4 });
    const before = await sessions(bench);
    for (const last of [
      'insert into t values (1, 1, 1)',
      'drop table nothing',
      'create trigger g before insert on t for each row set new.n = 2',
    ]) {
      const files = { '001_a': `${FILES['001_a']}\n${last};` };
      expect((await bench.up(files)).outcome, last).toBe('failed');
      expect(await sessions(bench), last).toEqual(before);
    }
  });

  test.each([
    ['COMMIT AND CHAIN executed', true, {}],
    ['with the procedure, whose rows do not come back', true, { callRows: false }],
    ['with the procedure, and transactions that DDL ends', true, { transactionAfterDdl: 'gone' }],
    ['COMMIT AND CHAIN refused', false, {}],
    ['without it, and with transactions that DDL ends', false, { transactionAfterDdl: 'gone' }],
  ] as const)('%s: what a migration sets ends with it', async (_, chains, switches) => {
    const bench = await mysqlBench({
      chains,
      poolSize: 2,
      dirty: [FOUND.replace('NO_ZERO_DATE', 'NO_ZERO_IN_DATE')],
      mysql: { switches },
    });
    const before = await sessions(bench);
    const files = {
      '001_a':
        "set sql_mode = 'NO_ZERO_DATE', time_zone = '+03:00', names latin1; create function a() returns int deterministic return 1;",
      '002_b': 'create function b() returns int deterministic return 1;',
      '003_c':
        "set sql_mode = 'NO_ZERO_DATE'; create function c() returns int deterministic return 1; set sql_mode = ''; create function d() returns int deterministic return 1;",
      '004_e': 'create function e() returns int deterministic return 1; create table t as select @@time_zone as zone;',
    };
    expect((await bench.up(files)).outcome).toBe('applied');
    const modes = await bench.sql(
      `select routine_name, sql_mode, character_set_client from information_schema.routines where routine_schema = database() and routine_type = 'FUNCTION' order by 1`,
    );
    expect(modes).toEqual([
      ['a', 'NO_ZERO_DATE', 'latin1'],
      ['b', 'NO_ZERO_IN_DATE', 'utf8mb4'],
      ['c', 'NO_ZERO_DATE', 'utf8mb4'],
      ['d', '', 'utf8mb4'],
      ['e', 'NO_ZERO_IN_DATE', 'utf8mb4'],
    ]);
    expect(await bench.value('select zone from t')).toBe(await bench.value('select @@global.time_zone'));
    expect(await sessions(bench)).toEqual(before);
  });

  test.each(WAYS)('%s: every statement has the lock timeout of the run', async (_, chains) => {
    const bench = await mysqlBench({ chains, poolSize: 2 });
    const insert = 'insert into seen select null, @@lock_wait_timeout;';
    const files = {
      '001_a': `create table seen (id int primary key auto_increment, seconds int);\n${insert}\nset @a = 1;\n${insert}\ncreate table made as select @@lock_wait_timeout as seconds;`,
    };
    expect((await bench.up(files, { lockTimeoutMs: 3000 })).outcome).toBe('applied');
    expect(await bench.sql('select concat(seconds) from seen union all select concat(seconds) from made')).toEqual([
      ['3'],
      ['3'],
      ['3'],
    ]);
  });

  test.each(WAYS)('%s: also one that cannot be prepared: it does not queue the application', async (_, chains) => {
    const bench = await mysqlBench({ chains });
    const first = { '001_t': 'create table t (id int, n int);' };
    await bench.up(first);
    await bench.raw.query('start transaction; select * from t');
    const waits: string[] = [];
    const report = await bench.up(
      { ...first, '002_g': 'create trigger g before insert on t for each row set new.n = 1;' },
      {
        lockTimeoutMs: 1000,
        on: event => {
          if (event.event !== 'waiting') return;
          waits.push(event.what);
          void bench.raw.query('commit');
        },
      },
    );
    expect(report.outcome).toBe('applied');
    expect(waits[0]).toMatch(/connection \d+ \(root, Sleep for \d+ s\) on t/);
  });

  test('a transaction that was given up behind DDL does not look like one that DDL has ended', async () => {
    const bench = await mysqlBench({ clocks: { transactionIdle: 0.3 } });
    await bench.up({ '001_t': '-- none' });
    bench.local.log.clear();
    const files = { '001_t': '-- none', '002_u': 'abcdef'.replace(/./g, name => `create table ${name} (id int);\n`) };
    // The lease is renewed behind each DDL. The first answer is lost, and until the client has given it up the transaction is gone.
    bench.local.faults.add({ fault: 'delay', when: 'after', pattern: 'l\\.migration = :name', milliseconds: 1500 });
    const database = clientOf(bench.local, { socketTimeoutMs: 1000 });
    expect((await bench.up(files, { ...SHORT, leaseMs: 0, database })).outcome).toBe('applied');
    // One that was lost, and another for all that was left.
    expect(bench.local.log.entries.filter(({ operation }) => operation === 'BeginTransaction')).toHaveLength(2);
    const [row] = await bench.sql("select count(*) from schema_migrations where error_code = 'interrupted'");
    expect(row).toEqual([1]);
  });

  const insert = { '001_t': 'create table t (id int);', '002_row': 'insert into t values (1);' };

  test.each<[string, MysqlSwitches, Target, Files]>([
    ['gives the session back', {}, { pattern: 'COMMIT AND CHAIN' }, insert],
    [
      'begins the next migration in another session',
      { commitAndChain: 'refused' },
      { operation: 'BeginTransaction', call: 2 },
      { ...insert, '003_row': 'insert into t values (2);' },
    ],
  ])(
    'a run that loses its session behind the last commit of a migration, where it %s, does not execute it again',
    async (...each) => {
      const [, switches, target, files] = each;
      const bench = await mysqlBench({ clocks: { transactionIdle: 0.3 }, mysql: { switches } });
      await bench.up({ '001_t': insert['001_t'] });
      bench.local.log.clear();
      bench.local.faults.add({ fault: 'delay', when: 'after', milliseconds: 600, ...target });
      expect((await bench.up(files)).outcome).toBe('applied');
      const rows = Object.keys(files)
        .slice(1)
        .map((_, at) => [at + 1]);
      expect(await bench.sql('select id from t order by id')).toEqual(rows);
      const lost = bench.local.log.entries.filter(({ outcome }) => outcome === 'TransactionNotFoundException');
      expect(lost).toHaveLength(1);
    },
  );
});
