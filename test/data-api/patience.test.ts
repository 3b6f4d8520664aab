import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { DatabaseError } from '../../lib/core/database.ts';
import { retrying, type Wait } from '../../lib/data-api/retry.ts';
import { bench } from '../support/migrations.ts';
import { clientOf } from '../support/sweep.ts';
import { until } from '../support/until.ts';

// By the clock of the test: nobody waits these minutes.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Repeats what is always answered so, with all defaults, and says how many seconds that went on. */
async function patienceWith(name: string, message: string, effect: 'read' | 'write') {
  const began = Date.now();
  const waits: Wait[] = [];
  let calls = 0;
  const call = () => {
    calls++;
    return Promise.reject(Object.assign(new Error(message), { name }));
  };
  const end = retrying(effect, { onWait: wait => waits.push(wait) }, call).catch((error: unknown) => error);
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
    expect(error).toMatchObject({ outcome: 'not-run', passing: true });
  }
});

test('a writer that has gone away is waited for as long by what only reads; a write may have run', async () => {
  const away = ['DatabaseUnavailableException', 'The writer instance in the DB cluster is not available'] as const;
  const read = await patienceWith(...away, 'read');
  expect(Math.round(read.seconds)).toBe(180);
  expect(read.waits[0]!.what).toBe('the writer instance of the cluster');
  expect(await patienceWith(...away, 'write')).toMatchObject({ calls: 1, error: { outcome: 'unknown' } });
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
