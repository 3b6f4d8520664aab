import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, clock, contract, failure, isReal, localTest, refusal, scale } from './target.ts';

// The real clocks take minutes.
describe.concurrent('clocks', { timeout: isReal ? 600_000 : 60_000 }, () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract({ clocks: { scale } });
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const overrun = `select 1 as done from pg_sleep(${clock(120) / 1000})`;

  async function waitFor(question: string, what: object) {
    await expect.poll(() => api.value(question), { timeout: clock(120) + 5000, interval: 30 }).toEqual(what);
  }

  test('a call ends after 45 seconds and its statement is cancelled', async () => {
    const table = api.table();
    const started = Date.now();
    const error = await failure(api.execute(`create table ${table} as select 1 as done from pg_sleep(3600)`));
    expect(error.name).toBe('StatementTimeoutException');
    expect(error.dbConnectionId).toBeGreaterThan(0);
    expect(Date.now() - started).toBeGreaterThanOrEqual(clock(45) - 20);
    await waitFor(
      `select count(*) from pg_stat_activity where state = 'active' and query like 'create table ${table}%'`,
      { longValue: 0 },
    );
  });

  test('with continueAfterTimeout its statement goes on', async () => {
    const table = api.table();
    const error = await failure(api.execute(`create table ${table} as ${overrun}`, { continueAfterTimeout: true }));
    expect(error.name).toBe('StatementTimeoutException');
    expect(
      await api.value(
        `select state from pg_stat_activity where pid = ${error.dbConnectionId} and query like 'create table ${table}%'`,
      ),
    ).toEqual({ stringValue: 'active' });
    await waitFor(`select to_regclass('${table}') is not null`, { booleanValue: true });
  });

  test('a cancelled statement poisons its transaction', async () => {
    const transactionId = await api.begin();
    expect((await failure(api.execute(overrun, { transactionId }))).name).toBe('StatementTimeoutException');
    expect(await refusal(api.execute('select 1', { transactionId }))).toMatch(/SQLState: 25P02$/);
    await api.rollback(transactionId);
  });

  test('an outlived statement keeps its transaction busy, then goes on in it', async () => {
    const table = api.table();
    const transactionId = await api.begin();
    await failure(api.execute(`create table ${table} as ${overrun}`, { transactionId, continueAfterTimeout: true }));
    expect(await refusal(api.execute('select 1', { transactionId }))).toBe(
      'DatabaseErrorException: Transaction is still running a query',
    );
    await expect
      .poll(() => api.value(`select count(*) from ${table}`, { transactionId }).catch(error => error.message), {
        timeout: clock(120) + 5000,
        interval: 30,
      })
      .toEqual({ longValue: 1 });
    expect(await api.commit(transactionId)).toBe('Transaction Committed');
  });

  test('a transaction is rolled back after three idle minutes', async () => {
    const table = api.table();
    const transactionId = await api.begin();
    await api.execute(`create table ${table} ()`, { transactionId });
    await sleep(clock(110));
    await api.execute('select 1', { transactionId }); // The clock begins anew.
    await sleep(clock(110));
    await api.execute('select 1', { transactionId });
    await sleep(clock(200));
    expect(await refusal(api.execute('select 1', { transactionId }))).toMatch(
      /^TransactionNotFoundException: Transaction .* is not found\.? Transaction may be expired\.$/,
    );
    expect(await refusal(api.commit(transactionId))).toMatch(/^(TransactionNotFound|NotFound)Exception/);
    expect(await api.value(`select to_regclass('${table}') is null`)).toEqual({ booleanValue: true });
  });

  localTest('a transaction ends after its longest time, however busy it is', async () => {
    await using short = await contract({ clocks: { scale: 1, transactionMax: 0.5 } });
    const transactionId = await short.begin();
    const deadline = Date.now() + 5000;
    let ended = '';
    while (ended === '' && Date.now() < deadline) {
      ended = await short.execute('select 1', { transactionId }).then(
        () => '',
        error => error.message,
      );
    }
    expect(ended).toMatch(/Transaction may be expired\.$/);
  });

  for (const idleWhileRunning of [false, true]) {
    localTest(`the idle minutes and a running statement, idleWhileRunning: ${idleWhileRunning}`, async () => {
      await using switched = await contract({
        clocks: { scale: 1, callTimeout: 30, transactionIdle: 0.5 },
        switches: { idleWhileRunning },
      });
      const transactionId = await switched.begin();
      const ran = switched.execute('select 1 from pg_sleep(1.2)', { transactionId });
      if (idleWhileRunning) expect(await refusal(ran)).toMatch(/SQLState: 57014$/);
      else await ran;
      const next = switched.execute('select 1', { transactionId });
      if (idleWhileRunning) expect(await refusal(next)).toMatch(/Transaction may be expired\.$/);
      else await next;
    });
  }
});
