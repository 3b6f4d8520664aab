import { expect, test } from 'vitest';
import { behindAReader } from '../support/behind.ts';
import { connectTo, describeMysql, freshMysql, mysqlBench } from '../support/mysql.ts';

const FIRST = { '0001_first': 'create table t(id int, n int); insert into t values (1, 1);' };

const QUEUED = `select count(*) from performance_schema.metadata_locks
  where object_schema = database() and object_name = 't' and lock_status = 'PENDING'`;

describeMysql('a reader holds up an ALTER for as long as it reads, and the ALTER nobody', { concurrent: true }, () => {
  test.each([
    ['COMMIT AND CHAIN executed', true, 'alter table t add column x int not null default 7;'],
    ['COMMIT AND CHAIN refused', false, 'alter table t add column x int not null default 7;'],
    [
      'with the procedure, what cannot be prepared',
      true,
      'create trigger g before insert on t for each row set new.n = 1;',
    ],
  ])('%s', async (_, chains, sql) => {
    await using made = await mysqlBench({ chains, poolSize: 3, auto: false });
    await made.up(FIRST);
    const [slow, application] = [await connectTo(made.name), await connectTo(made.name)];
    await slow.query('begin; select * from t');
    // One of that name in another database is nobody's concern.
    const decoy = await freshMysql(false);
    await decoy.raw.query('create table t(id int); begin; select * from t');
    const heard = await behindAReader({
      lockTimeoutMs: 1000,
      migrate: options => made.up({ ...FIRST, '0002_x': sql }, options),
      queued: async () => (await made.value(QUEUED)) === 1,
      read: () => application.query('select * from t'),
      leave: () => slow.query('commit'),
    });
    const [[id]] = (await slow.query({ sql: 'select connection_id()', rowsAsArray: true }))[0] as unknown as [[number]];
    for (const what of heard) expect(what).toMatch(new RegExp(`^connection ${id} \\(root, Sleep for \\d+ s\\) on t$`));
    expect(await made.value(`select count(*) from schema_migrations where name = '0002_x'`)).toBe(1);
    for (const one of [slow, application]) one.destroy();
    await decoy.stop();
  });
});
