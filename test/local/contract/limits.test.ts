import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, localTest, refusal } from './target.ts';

describe('limits', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const TOO_LARGE = 'UnsupportedResultException: The result exceeds the size limit 1 MB';

  test('an answer of 1 MiB', async () => {
    expect((await api.value("select repeat('x', 900000)"))?.stringValue).toHaveLength(900_000);
    expect(await refusal(api.execute("select repeat('x', 1100000)"))).toBe(TOO_LARGE);
    expect(await refusal(api.execute('select generate_series(1, 200000)'))).toBe(TOO_LARGE);
  });

  test('an answer as JSON may have ten', async () => {
    const { formattedRecords } = await api.execute("select repeat('x', 2000000) as x", { formatRecordsAs: 'JSON' });
    expect(formattedRecords?.length).toBeGreaterThan(2_000_000);
  });

  // Whether the service has committed by then is not known; a program must live with it.
  localTest('a statement whose answer is too large has run', async () => {
    const table = api.table();
    await api.execute(`create table ${table} (x text)`);
    expect(await refusal(api.execute(`insert into ${table} select repeat('x', 1100000) returning x`))).toBe(TOO_LARGE);
    expect(await api.value(`select count(*) from ${table}`)).toEqual({ longValue: 1 });
  });

  for (const tooLargeEndsTransaction of [false, true]) {
    localTest(`an answer too large in a transaction, tooLargeEndsTransaction: ${tooLargeEndsTransaction}`, async () => {
      await using switched = await contract({ switches: { tooLargeEndsTransaction } });
      const transactionId = await switched.begin();
      await refusal(switched.execute("select repeat('x', 1100000)", { transactionId }));
      const next = switched.execute('select 1', { transactionId });
      if (tooLargeEndsTransaction) {
        expect(await refusal(next)).toMatch(
          /^TransactionNotFoundException: .* resulted in a termination of your transaction\.$/,
        );
      } else await next;
    });
  }

  localTest('a million rows do not fill the memory', async () => {
    const before = process.memoryUsage.rss();
    expect(await refusal(api.execute("select repeat('x', 500) from generate_series(1, 1000000)"))).toBe(TOO_LARGE);
    expect(process.memoryUsage.rss() - before).toBeLessThan(200 * 1024 * 1024);
  });

  test('a statement of 65,536 characters', async () => {
    const sql = (length: number) => `select 1 -- ${'x'.repeat(length - 12)}`;
    expect(sql(65_536)).toHaveLength(65_536);
    expect(await api.value(sql(65_536))).toEqual({ longValue: 1 });
    expect(await refusal(api.execute(sql(65_537)))).toMatch(/^ValidationException: /);
  });

  test('a request of 4 MiB', async () => {
    const parameters = (length: number) => [{ name: 'p', value: { stringValue: 'x'.repeat(length) } }];
    expect(await api.value('select length(:p)', { parameters: parameters(4_000_000) })).toEqual({
      longValue: 4_000_000,
    });
    await expect(api.execute('select length(:p)', { parameters: parameters(4_200_000) })).rejects.toThrow();
  });
});
