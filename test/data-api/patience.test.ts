import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DatabaseError } from '../../lib/core/database.ts';
import { retry } from '../../lib/core/retry.ts';
import { throwClassified } from '../../lib/data-api/errors.ts';
import { type RetryOptions, retriesOf, type Wait } from '../../lib/data-api/retry.ts';
import { bench } from '../support/migrations.ts';
import { clientOf } from '../support/sweep.ts';
import { until } from '../support/until.ts';

// By the clock of the test: nobody waits these minutes.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Repeats what is always answered so, by default with all defaults, and says how many seconds that went on. */
async function patienceWith(name: string, message: string, effect: 'read' | 'write', options: RetryOptions = {}) {
  const began = Date.now();
  const waits: Wait[] = [];
  let calls = 0;
  const call = () => {
    calls++;
    return Promise.reject(Object.assign(new Error(message), { name }));
  };
  const retries = retriesOf(effect, { ...options, onWait: wait => waits.push(wait) });
  const end = retry(() => call().catch(throwClassified), retries).catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  const error = await end;
  expect(error).toBeInstanceOf(DatabaseError);
  return { seconds: (Date.now() - began) / 1000, calls, waits, error: error as DatabaseError };
}

const CLUSTER = [
  [
    'DatabaseResumingException',
    'The Aurora DB instance db-X is resuming after being auto-paused',
    'the cluster to resume',
  ],
  ['DatabaseNotFoundException', 'Cannot find DBInstance in DBCluster', 'the writer instance of the cluster'],
  ['InvalidResourceStateException', 'The cluster is in state modifying', 'the cluster to be available'],
] as const;

test.each(CLUSTER)('%s is waited for, three minutes by default, and said', async (name, message, what) => {
  for (const effect of ['read', 'write'] as const) {
    const { seconds, calls, waits, error } = await patienceWith(name, message, effect);
    expect(Math.round(seconds)).toBe(180);
    expect(calls).toBeGreaterThan(20);
    expect(waits).toHaveLength(calls - 1);
    expect(new Set(waits.map(wait => wait.what))).toEqual(new Set([what]));
    expect(error).toMatchObject({ outcome: 'not-run', passing: 'cluster' });
  }
});

test('a writer that has gone away is waited for as long by what only reads; a write may have run', async () => {
  const away = ['DatabaseUnavailableException', 'The writer instance in the DB cluster is not available'] as const;
  const read = await patienceWith(...away, 'read');
  expect(Math.round(read.seconds)).toBe(180);
  expect(read.waits[0]!.what).toBe('the writer instance of the cluster');
  expect(await patienceWith(...away, 'write')).toMatchObject({ calls: 1, error: { outcome: 'unknown' } });
});

const RIGHTS = 'the rights of this function';
const NOT_AUTHORIZED = 'User: arn:x is not authorized to perform: secretsmanager:GetSecretValue on resource: y';
const ENABLED = 'the Data API to be enabled';
const REFUSED = [
  ['ForbiddenException', 'no', RIGHTS],
  ['AccessDeniedException', 'no', RIGHTS],
  ['SecretsErrorException', NOT_AUTHORIZED, RIGHTS],
  ['SecretsErrorException', 'Access to KMS is not allowed', RIGHTS],
  ['BadRequestException', NOT_AUTHORIZED, RIGHTS],
  ['HttpEndpointNotEnabledException', 'no', ENABLED],
  ['BadRequestException', 'HttpEndPoint is not enabled for arn:x', ENABLED],
] as const;

test.each(REFUSED)('%s (%s) is final, or waited for as long as that is wanted', async (name, message, what) => {
  for (const effect of ['read', 'write'] as const) {
    expect(await patienceWith(name, message, effect)).toMatchObject({ calls: 1, error: { passing: 'propagation' } });
    const { seconds, calls, waits } = await patienceWith(name, message, effect, { propagationBudgetMs: 300_000 });
    expect(Math.round(seconds)).toBe(300);
    expect(waits).toHaveLength(calls - 1);
    expect(new Set(waits.map(wait => wait.what))).toEqual(new Set([what]));
  }
});

test.each([
  ['SecretsErrorException', "Secrets Manager can't find the specified secret."],
  ['BadRequestException', 'Communications link failure'],
  ['InvalidSecretException', 'no'],
  ['ValidationException', 'no'],
])('%s (%s) is final', async (name, message) => {
  const end = await patienceWith(name, message, 'read', { propagationBudgetMs: 300_000 });
  expect(end).toMatchObject({ calls: 1, error: { outcome: 'not-run', passing: null } });
});

test('a refusal is waited for from the first one on, unless that is long past, and until the caller gives up', async () => {
  const wait = async (options: RetryOptions) =>
    Math.round(
      (await patienceWith('ForbiddenException', 'no', 'write', { propagationBudgetMs: 300_000, ...options })).seconds,
    );
  expect(await wait({ refusedAt: Date.now() - 100_000 })).toBe(200);
  expect(await wait({ refusedAt: Date.now() - 300_000 })).toBe(300);
  expect(await wait({ signal: AbortSignal.abort() })).toBe(300);
  expect(await wait({ giveUp: AbortSignal.abort() })).toBe(0);
});

test('what is given up ends at once, its outcome unknown, and nothing begins after it', async () => {
  vi.useRealTimers();
  const { local, sql, raw } = await bench();
  await raw.query('create table log(n int)');
  const [stop, giveUp] = [new AbortController(), new AbortController()];
  const database = clientOf(local, { signal: stop.signal, giveUp: giveUp.signal });
  // It is not heard before it is given up.
  let heard = () => {};
  const silence = new Promise<void>(resolve => {
    heard = resolve;
  });
  local.faults.after({}, () => silence);
  const lost = database.execute({ sql: 'insert into log values (1)', effect: 'write' });
  await until('the row', async () => (await sql('select n from log')).length === 1);
  stop.abort();
  giveUp.abort();
  await expect(lost).rejects.toMatchObject({ outcome: 'unknown' });
  const before = local.log.entries.length;
  await expect(database.execute({ sql: 'select 1', effect: 'read' })).rejects.toMatchObject({ outcome: 'unknown' });
  await expect(database.transaction(async () => {})).rejects.toMatchObject({ outcome: 'unknown' });
  expect(local.log.entries).toHaveLength(before);
  heard();
});
