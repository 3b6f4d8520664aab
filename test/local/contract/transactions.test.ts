import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, localTest, refusal } from './target.ts';

describe('a transaction', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  async function pidOf(transactionId: string) {
    return (await api.value('select pg_backend_pid()', { transactionId }))?.longValue;
  }

  function untilActive(pid: number | undefined) {
    const state = () => api.value(`select state from pg_stat_activity where pid = ${pid}`);
    return expect.poll(state, { timeout: 10_000, interval: 20 }).toEqual({ stringValue: 'active' });
  }

  test('keeps the state of its session', async () => {
    const transactionId = await api.begin();
    await api.execute("set local application_name = 'mine'", { transactionId });
    await api.execute('create temporary table kept (id int) on commit drop', { transactionId });
    await api.execute('insert into kept values (1)', { transactionId });
    await api.execute('prepare p as select count(*) from kept', { transactionId });
    expect(await api.value('show application_name', { transactionId })).toEqual({ stringValue: 'mine' });
    expect(await api.value('execute p', { transactionId })).toEqual({ longValue: 1 });
    await api.execute('deallocate p', { transactionId });
    await api.rollback(transactionId);
  });

  test('is poisoned by an error, and healed by a savepoint', async () => {
    const transactionId = await api.begin();
    await api.execute('savepoint before', { transactionId });
    await refusal(api.execute('select 1 / 0', { transactionId }));
    expect(await refusal(api.execute('select 1', { transactionId }))).toBe(
      'DatabaseErrorException: ERROR: current transaction is aborted, commands ignored until end of transaction block; SQLState: 25P02',
    );
    await api.execute('rollback to savepoint before', { transactionId });
    expect(await api.value('select 1', { transactionId })).toEqual({ longValue: 1 });
    await api.rollback(transactionId);
  });

  test('refuses a second call at once while the first one runs', async () => {
    const transactionId = await api.begin();
    const pid = await pidOf(transactionId);
    let ended = false;
    const first = api.execute('select 1 from pg_sleep(1)', { transactionId }).finally(() => {
      ended = true;
    });
    await untilActive(pid);
    const refused = ['execute', 'commit', 'rollback'] as const;
    for (const what of refused) {
      const call = what === 'execute' ? api.execute('select 1', { transactionId }) : api[what](transactionId);
      expect(await refusal(call)).toBe('DatabaseErrorException: Transaction is still running a query');
    }
    expect(ended).toBe(false);
    await first;
    expect(await api.value('select 1', { transactionId })).toEqual({ longValue: 1 });
    await api.rollback(transactionId);
  });

  test('is gone when its connection is', async () => {
    const transactionId = await api.begin();
    const pid = await pidOf(transactionId);
    await api.execute(`select pg_terminate_backend(${pid})`);
    await sleep(100);
    await refusal(api.execute('select 1', { transactionId }));
    expect(await refusal(api.execute('select 1', { transactionId }))).toMatch(
      /^TransactionNotFoundException: Transaction .* is not found/,
    );
  });

  localTest('gone with its connection says so', async () => {
    const transactionId = await api.begin();
    const pid = await pidOf(transactionId);
    const running = refusal(api.execute('select 1 from pg_sleep(20)', { transactionId }));
    await untilActive(pid);
    await api.execute(`select pg_terminate_backend(${pid})`);
    expect(await running).toMatch(/SQLState: 57P01$/);
    expect(await refusal(api.execute('select 1', { transactionId }))).toMatch(
      /One previous call resulted in a termination of your transaction\.$/,
    );
  });
});
