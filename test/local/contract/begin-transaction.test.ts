import { BeginTransactionCommand } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, refusal } from './target.ts';

describe('BeginTransaction', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test('gives each transaction an id and a connection of its own', async () => {
    const [one, two] = [await api.begin(), await api.begin()];
    expect(one).not.toBe(two);
    expect(one.length).toBeLessThanOrEqual(192);
    const pid = (transactionId: string) => api.value('select pg_backend_pid()', { transactionId });
    const [first, second] = [await pid(one), await pid(two)];
    expect(first).not.toEqual(second);
    expect(await pid(one)).toEqual(first);
    await api.rollback(one);
    await api.rollback(two);
  });

  test('refuses a database that does not exist, and the schema parameter', async () => {
    const { client, target } = api;
    const begin = (more: object) => client.send(new BeginTransactionCommand({ ...target, ...more }));
    expect(await refusal(begin({ database: 'contract_no_such' }))).toBe(
      'DatabaseErrorException: ERROR: database "contract_no_such" does not exist; SQLState: 3D000',
    );
    expect(await refusal(begin({ schema: 'public' }))).toBe(
      "ValidationException: The schema parameter isn't supported",
    );
  });
});
