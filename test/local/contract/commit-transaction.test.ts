import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, localTest, refusal } from './target.ts';

describe('CommitTransaction', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test('makes everything visible at once', async () => {
    const table = api.table();
    const transactionId = await api.begin();
    await api.execute(`create table ${table} (id int)`, { transactionId });
    expect(await api.value(`select to_regclass('${table}') is null`)).toEqual({ booleanValue: true });
    expect(await api.commit(transactionId)).toBe('Transaction Committed');
    expect(await api.value(`select count(*) from ${table}`)).toEqual({ longValue: 0 });
  });

  test('answers the error of a deferred constraint, and nothing is left', async () => {
    const table = api.table();
    await api.execute(
      `create table ${table} (id int primary key, parent int references ${table} deferrable initially deferred)`,
    );
    const transactionId = await api.begin();
    await api.execute(`insert into ${table} values (1, 2)`, { transactionId });
    expect(await refusal(api.commit(transactionId))).toMatch(
      /^DatabaseErrorException: ERROR: insert or update on table .* SQLState: 23503$/,
    );
    expect(await refusal(api.rollback(transactionId))).toMatch(/^(TransactionNotFound|NotFound)Exception/);
    expect(await api.value(`select count(*) from ${table}`)).toEqual({ longValue: 0 });
  });

  test('does not know a transaction twice', async () => {
    const transactionId = await api.begin();
    await api.commit(transactionId);
    expect(await refusal(api.commit(transactionId))).toMatch(/^(TransactionNotFound|NotFound)Exception/);
  });

  for (const setting of ['committed', 'error'] as const) {
    localTest(`after a failed statement, commitAfterError: ${setting}`, async () => {
      await using switched = await contract({ switches: { commitAfterError: setting } });
      const table = switched.table();
      const transactionId = await switched.begin();
      await switched.execute(`create table ${table} ()`, { transactionId });
      await refusal(switched.execute('select 1 / 0', { transactionId }));
      if (setting === 'committed') expect(await switched.commit(transactionId)).toBe('Transaction Committed');
      else {
        expect(await refusal(switched.commit(transactionId))).toMatch(
          /^TransactionNotFoundException: .* Transaction has been aborted due to an error from a previous call\.$/,
        );
      }
      expect(await switched.value(`select to_regclass('${table}') is null`)).toEqual({ booleanValue: true });
    });
  }
});
