import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, failure } from './target.ts';

describe('BatchExecuteStatement', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  async function count(table: string) {
    return (await api.value(`select count(*) from ${table}`))?.longValue;
  }

  test('runs once for each parameter set', async () => {
    const table = api.table();
    await api.execute(`create table ${table} (id bigint)`);
    const { updateResults } = await api.batch(`insert into ${table} values (:id)`, {
      parameterSets: [[{ name: 'id', value: { longValue: 1 } }], [{ name: 'id', value: { longValue: 2 } }]],
    });
    expect(updateResults).toHaveLength(2);
    expect(await count(table)).toBe(2);
  });

  test('runs not at all without a parameter set, and once with an empty one', async () => {
    const table = api.table();
    await api.execute(`create table ${table} (id int default 1)`);
    await api.batch(`insert into ${table} default values`);
    expect(await count(table)).toBe(0);
    await api.batch(`insert into ${table} default values`, { parameterSets: [[]] });
    expect(await count(table)).toBe(1);
  });

  test('takes part in a transaction', async () => {
    const table = api.table();
    await api.execute(`create table ${table} (id bigint primary key)`);
    const transactionId = await api.begin();
    const set = [{ name: 'id', value: { longValue: 1 } }];
    await api.batch(`insert into ${table} values (:id)`, { transactionId, parameterSets: [set] });
    const error = await failure(
      api.batch(`insert into ${table} values (:id)`, { transactionId, parameterSets: [set] }),
    );
    expect(error.message).toMatch(/duplicate key value .*SQLState: 23505$/);
    await api.rollback(transactionId);
    expect(await count(table)).toBe(0);
  });
});
