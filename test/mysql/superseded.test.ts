import { expect, test } from 'vitest';
import { announce, plan, planRequest } from '../../lib/runner/index.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const FILES = {
  '001_a': 'create table a (id int);',
  '002_b': 'create table b (id int);\ninsert into b values (1);',
  '003_c': 'create table c (id int);',
};

describeMysql('a newer request of the hook', () => {
  test.each([
    ['COMMIT AND CHAIN executed', true],
    ['COMMIT AND CHAIN refused', false],
  ])('%s: the run of the older one ends its migration and begins no other', async (_, chains) => {
    const bench = await mysqlBench({ chains });
    const runner = await bench.runner(FILES);
    const request = (requestId: string) => ({ hook: 'stack/hook', requestId });
    await announce({ ...runner, requestedBy: 'test', ...request('r1') });
    // It comes when the second migration is begun.
    bench.local.faults.before({ pattern: '^/\\*.*create table b' }, async () => {
      await announce({
        ...(await bench.runner(FILES)),
        database: bench.client(),
        requestedBy: 'test',
        ...request('r2'),
      });
    });
    const older = await bench.up(FILES, request('r1'));
    expect(older).toMatchObject({ outcome: 'stopped', problems: [{ code: 'superseded' }] });
    expect(await bench.value("select run_id from schema_migrations_lease where id = 'lease'")).toBe(null);
    const tables = () =>
      bench.value(
        "select group_concat(table_name order by 1) from information_schema.tables where table_schema = database() and table_name not like 'schema%'",
      );
    expect(await tables()).toBe('a,b');
    expect(await bench.up(FILES, request('r2'))).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await tables()).toBe('a,b,c');
    expect(await bench.value('select count(*) from b')).toBe(1);
  });
});

describeMysql('a stack that was made again under its name', () => {
  test('is no other deploy hook', async () => {
    const bench = await mysqlBench();
    const hook = (stack: string) => `arn:aws:cloudformation:us-east-1:000000000000:stack/${stack}/MigrationsA1`;
    await bench.up({ '001_a': FILES['001_a'] }, { hook: hook('app/11111111') });
    const edited = await bench.runner({ '001_a': 'create table a (id bigint);' });
    expect((await plan({ ...edited, hook: hook('other/22222222') })).problems).toMatchObject([{ code: 'other-hook' }]);
    expect((await plan({ ...edited, hook: hook('app/22222222') })).problems).toEqual([]);
  });
});

describeMysql('a deploy hook goes on with the migrations of another', () => {
  test('of its own stack, and of one that was deleted, until that one is back', async () => {
    const bench = await mysqlBench();
    const old = 'arn:aws:cloudformation:us-east-1:000000000000:stack/app/11111111/MigrationsA1';
    const files = { '001_a': FILES['001_a'] };
    const options = { ...(await bench.runner(files)), requestedBy: 'test', hook: old };
    await announce({ ...options, requestId: 'created' });
    await bench.up(files, { hook: old, requestId: 'created' });
    const edited = await bench.runner({ '001_a': 'create table a (id bigint);' });
    expect((await plan({ ...edited, hook: old.replace('MigrationsA1', 'ElsewhereB2') })).problems).toEqual([]);
    const asked = () => plan({ ...edited, hook: old.replace('/app/', '/other/') });
    expect((await asked()).problems).toMatchObject([{ code: 'other-hook' }]);
    await announce({ ...options, requestId: 'deleted', state: 'deleted' });
    expect((await asked()).problems).toEqual([]);
    expect((await planRequest(options)).openRequest).toBe('deleted');
    expect(await announce({ ...options, requestId: 'created', state: 'done' }), 'an old request').toBe(false);
    expect((await asked()).problems).toEqual([]);
    expect(await announce({ ...options, requestId: 'back', state: 'done' })).toBe(true);
    expect((await asked()).problems).toMatchObject([{ code: 'other-hook' }]);
    expect((await planRequest(options)).openRequest).toBeNull();
  });
});
