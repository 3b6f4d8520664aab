import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, refusal } from './target.ts';

describe('RollbackTransaction', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test('leaves nothing', async () => {
    const table = api.table();
    const transactionId = await api.begin();
    await api.execute(`create table ${table} ()`, { transactionId });
    expect(await api.rollback(transactionId)).toBe('Rollback Complete');
    expect(await api.value(`select to_regclass('${table}') is null`)).toEqual({ booleanValue: true });
  });

  test('works after a failed statement', async () => {
    const transactionId = await api.begin();
    await refusal(api.execute('selekt', { transactionId }));
    expect(await api.rollback(transactionId)).toBe('Rollback Complete');
  });

  test('does not know a transaction that never was', async () => {
    expect(await refusal(api.rollback('never'))).toMatch(
      /^(TransactionNotFound|NotFound)Exception: Transaction never is not found/,
    );
  });
});
