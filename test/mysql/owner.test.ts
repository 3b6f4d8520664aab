import { randomBytes } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import { dataApi } from '../../lib/data-api/index.ts';
import { mysql } from '../../lib/engine/mysql/index.ts';
import { mysqlSchema } from '../../lib/engine/mysql/schema/index.ts';
import { type Local, startLocal, startMysqld } from '../../lib/local/index.ts';
import { migrate, type RunEvent, revert } from '../../lib/runner/index.ts';
import { coreOfTheSuite } from '../support/core.ts';
import type { Files } from '../support/migrations.ts';
import { connectTo, describeMysql, type MysqlBench, manifestOf, mysqlBench } from '../support/mysql.ts';

// Who is not the master user: he has one database and sees nothing else, and may not make procedures in it.

const INDEX = { up: 'create index users_name on users (name)', down: 'drop index users_name on users' };

/** A user who has a database, less some privileges, and none on the server: no PROCESS, nothing of the performance schema. */
async function ownerBench(...without: string[]): Promise<MysqlBench> {
  const user = `own_${randomBytes(5).toString('hex')}`;
  const root = await connectTo();
  await root.query(`create user ${user}@'%' identified by '${user}'`);
  onTestFinished(async () => {
    await root.query(`drop user if exists ${user}@'%'`);
    root.destroy();
  });
  return mysqlBench({
    user,
    prepare: async name => {
      await root.query(`grant all on ${name}.* to ${user}@'%'`);
      if (without.length > 0) await root.query(`revoke ${without.join(', ')} on ${name}.* from ${user}@'%'`);
    },
  });
}

describeMysql('the core of the suite, as the owner of one database', () => {
  test('with all privileges on it', async () => {
    const bench = await ownerBench();
    await expect(
      bench.client().execute({ sql: 'select 1 from information_schema.innodb_trx', effect: 'read' }),
    ).rejects.toThrow('PROCESS');
    await coreOfTheSuite(bench, mysqlSchema(), '', INDEX);
  });

  test('without CREATE ROUTINE, ALTER ROUTINE and EXECUTE', async () => {
    await coreOfTheSuite(await ownerBench('create routine', 'alter routine', 'execute'), mysqlSchema(), '', INDEX);
  });

  test('without TRIGGER, no trigger is named: what the database says stands alone', async () => {
    const bench = await ownerBench('trigger');
    const files = { '001_t': 'create table t (id int);' };
    await bench.up(files);
    const refuses = "signal sqlstate '45000' set message_text = 'not now'";
    await bench.raw.query(`create trigger refuses before insert on t for each row ${refuses}`);
    const { migrations } = await bench.up({ ...files, '002_x': 'insert into t values (1);' });
    expect(migrations.at(-1)!.error).toMatchObject({
      message: 'not now (error 1644)',
      remedy: expect.stringContaining('A routine or trigger refused this'),
    });
  });

  test('a lock of somebody else is waited for, and who holds it is not known', async () => {
    const bench = await ownerBench('create routine', 'alter routine', 'execute');
    expect(await lockedRun(bench, bench.raw)).toEqual([
      'a lock; who holds it takes SELECT on performance_schema, or PROCESS, to see',
    ]);
  });
});

describeMysql('a server with a binary log and without the performance schema', () => {
  let local: Local;
  let bench: Verbs;
  let root: Connection;
  let stop = async () => {};
  beforeAll(async () => {
    const settings = { performance_schema: 'OFF', 'log-bin': 'binlog', log_bin_trust_function_creators: 'OFF' };
    const server = await startMysqld({ settings });
    local = await startLocal({ engine: 'mysql', url: server.masterUrl, database: 'app' });
    root = await connectTo('app', server.url);
    bench = verbsOf(local);
    stop = async () => {
      root.destroy();
      await local.stop();
      await server.stop();
    };
  });
  afterAll(() => stop());

  test('has what the test is about', async () => {
    expect(await bench.sql('select @@performance_schema, @@log_bin, @@log_bin_trust_function_creators')).toEqual([
      ['0', '1', '0'],
    ]);
  });

  test('the core of the suite', async () => {
    await coreOfTheSuite(bench, mysqlSchema(), '', INDEX);
  });

  test('a lock of somebody else is waited for, and whose transaction it may be is said', async () => {
    expect(await lockedRun(bench, root)).toEqual([
      expect.stringMatching(/^connection \d+ \(root, Sleep for \d+ s\) on rows of some table$/),
    ]);
  });

  test('a function and a trigger are refused, as the binary log asks for SUPER, and procedures are not', async () => {
    const files = { '001_t': 'create table if not exists t (id int primary key);' };
    const outcomeOf = async (sql: string) => {
      const { migrations } = await bench.up({ ...files, '004_f': sql });
      return migrations.find(({ name }) => name === '004_f');
    };
    const refused = { state: 'failed', error: { statement: 1, message: expect.stringContaining('(error 1419)') } };
    expect(await outcomeOf('create function f() returns int deterministic return 1;')).toMatchObject(refused);
    expect(await outcomeOf('create trigger g before insert on t for each row set new.id = 1;')).toMatchObject(refused);
    expect(await outcomeOf('create procedure p() select 1;')).toMatchObject({ state: 'applied' });
  });
});

/** What is said of a lock that a run waits for, which is then given up. */
async function lockedRun(bench: Pick<MysqlBench, 'up'>, other: Connection): Promise<string[]> {
  const files = { '001_t': 'create table if not exists t (id int primary key);' };
  await bench.up(files);
  // A row that was only inserted does not count as locked.
  await other.query('begin; insert into t values (1); select id from t for update');
  const said: string[] = [];
  const on = (event: RunEvent) => {
    if (event.event !== 'waiting') return;
    said.push(event.what);
    void other.query('rollback');
  };
  const report = await bench.up({ ...files, '002_n': 'alter table t add column n int;' }, { lockTimeoutMs: 1000, on });
  expect(report).toMatchObject({ outcome: 'applied', problems: [] });
  return said;
}

/** The verbs of a runner on a local Data API. */
function verbsOf({ resourceArn, secretArn, database: name, endpoint, region, credentials }: Local): Verbs {
  const database = dataApi({ resourceArn, secretArn, database: name, client: { endpoint, region, credentials } });
  const runner = async (files: Files | ManifestReader) => ({
    database,
    engine: mysql(),
    migrations: await manifestOf(files as Files),
    requestedBy: 'test',
  });
  return {
    runner,
    up: async (files, more = {}) => migrate({ ...(await runner(files)), ...more }),
    revert: async (files, what, more = {}) => revert({ ...(await runner(files)), ...more, what }),
    sql: async sql => (await database.execute({ sql, effect: 'read' })).map(row => [...row]),
  };
}

type Verbs = Pick<MysqlBench, 'up' | 'revert' | 'runner' | 'sql'>;
