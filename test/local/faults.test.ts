import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../lib/local/index.ts';
import { type FreshLocal, freshLocal } from '../support/postgresql.ts';
import { begin, commit, count, execute, outcome, rollback } from './client.ts';

let local: FreshLocal;
beforeAll(async () => {
  local = await freshLocal();
  await local.raw.query('create table t (id int)');
});
beforeEach(() => local.raw.query('truncate t'));
afterEach(() => local.faults.clear());
afterAll(() => local.stop());

const insert = 'insert into t values (1)';

describe('what a fault answers', () => {
  test.each<[Fault['fault'], RegExp]>([
    ['forbidden', /^ForbiddenException: /],
    ['internal-error', /^InternalServerErrorException: /],
    ['internal-failure', /^InternalFailure: /],
    ['unavailable', /^ServiceUnavailableError: /],
    ['writer-unavailable', /^DatabaseUnavailableException: /],
    ['gateway-timeout', /^SyntaxError: /],
    ['throttled', /^ThrottlingException: Rate exceeded$/],
    ['resuming', /^DatabaseResumingException: The Aurora DB instance db-\w+ is resuming after being auto-paused\. /],
    ['no-writer', /^DatabaseNotFoundException: Cannot find DBInstance in DBCluster$/],
    ['endpoint-disabled', /^HttpEndpointNotEnabledException: HttpEndPoint is not enabled for arn:/],
    ['invalid-secret', /^InvalidSecretException: /],
    ['no-secret', /^SecretsErrorException: /],
    ['opaque', /^DatabaseErrorException: Database returned SQL Exception$/],
    ['reset', /^TimeoutError: /],
    [{ name: 'TeapotException', status: 418, message: 'short and stout' }, /^TeapotException: short and stout$/],
  ])('%j before and after the effect', async (fault, answer) => {
    local.faults.add({ fault });
    expect(await outcome(execute(local, insert))).toMatch(answer);
    expect(await count(local, 't')).toBe(0);
    local.faults.add({ fault, when: 'after' });
    expect(await outcome(execute(local, insert))).toMatch(answer);
    expect(await count(local, 't')).toBe(1);
    expect(await outcome(execute(local, insert))).toBe('ok');
  });

  test('an unknown one is refused', () => {
    expect(() => local.faults.add({ fault: 'nonsense' as 'reset' })).toThrow(
      /There is no fault nonsense\. Use one of .*reset/,
    );
  });
});

describe('which calls a fault hits', () => {
  async function hits(fault: Omit<Fault, 'fault'>, statements: readonly string[]) {
    local.faults.add({ fault: 'throttled', ...fault });
    const outcomes: string[] = [];
    for (const sql of statements) outcomes.push((await outcome(execute(local, sql))) === 'ok' ? '.' : 'x');
    return outcomes.join('');
  }
  const four = Array.from({ length: 4 }, () => 'select 1');

  test.each<[Omit<Fault, 'fault'>, string]>([
    [{}, 'x...'],
    [{ call: 3 }, '..x.'],
    [{ times: 2 }, 'xx..'],
    [{ call: 2, times: 2 }, '.xx.'],
    [{ times: 0 }, 'xxxx'],
    [{ operation: 'BeginTransaction' }, '....'],
    [{ operation: ['BeginTransaction', 'ExecuteStatement'] }, 'x...'],
  ])('%j', async (fault, expected) => {
    expect(await hits(fault, four)).toBe(expected);
  });

  test('by statement', async () => {
    const statements = ['select 1', 'SELECT\n2', 'select 3', 'select 2'];
    expect(await hits({ sql: '2', times: 0 }, statements)).toBe('.x.x');
    local.faults.clear();
    expect(await hits({ pattern: '^select.2$' }, statements)).toBe('.x..');
    local.faults.clear();
    expect(await hits({ matching: ({ sql }) => sql?.endsWith('3') ?? false }, statements)).toBe('..x.');
  });

  test('for a time, counted from the first hit', async () => {
    local.faults.add({ fault: 'resuming', milliseconds: 1000 });
    expect(await outcome(execute(local, 'select 1'))).toMatch(/^DatabaseResuming/);
    expect(await outcome(begin(local))).toMatch(/^DatabaseResuming/);
    await expect.poll(() => outcome(execute(local, 'select 1')), { timeout: 10_000, interval: 20 }).toBe('ok');
  });

  test('resuming and no-writer leave commit and rollback alone', async () => {
    for (const fault of ['resuming', 'no-writer'] as const) {
      const ids = [await begin(local), await begin(local)];
      local.faults.add({ fault, times: 0 });
      expect(await outcome(commit(local, ids[0]!))).toBe('ok');
      expect(await outcome(rollback(local, ids[1]!))).toBe('ok');
      expect(await outcome(begin(local))).not.toBe('ok');
      local.faults.clear();
    }
  });
});

test('a commit can be lost before and after its effect', async () => {
  const lost = await begin(local);
  await execute(local, insert, { transactionId: lost });
  local.faults.add({ fault: 'reset', operation: 'CommitTransaction', when: 'after' });
  expect(await outcome(commit(local, lost))).toMatch(/^TimeoutError/);
  expect(await count(local, 't')).toBe(1);
  expect(await outcome(commit(local, lost))).toMatch(/^TransactionNotFoundException/);

  const kept = await begin(local);
  await execute(local, insert, { transactionId: kept });
  local.faults.add({ fault: 'internal-error', operation: 'CommitTransaction' });
  expect(await outcome(commit(local, kept))).toMatch(/^InternalServerError/);
  expect(await count(local, 't')).toBe(1);
  await commit(local, kept);
  expect(await count(local, 't')).toBe(2);
});

test('a delay outlasts the client, whose statement runs all the same', async () => {
  const impatient = new RDSDataClient({ ...local.config, requestHandler: { socketTimeout: 100 } });
  const hasty = { ...local, client: impatient };
  local.faults.add({ fault: 'delay', milliseconds: 1000, when: 'after' });
  expect(await outcome(execute(hasty, insert))).toMatch(/^TimeoutError/);
  await expect.poll(() => count(local, 't'), { timeout: 10_000 }).toBe(1);
  local.faults.add({ fault: 'delay', milliseconds: 1000 });
  expect(await outcome(execute(hasty, insert))).toMatch(/^TimeoutError/);
  expect(await count(local, 't')).toBe(1);
  await expect.poll(() => count(local, 't'), { timeout: 10_000 }).toBe(2);
  impatient.destroy();
});

test('a duplicate arrives after the answer', async () => {
  local.faults.add({ fault: 'duplicate', milliseconds: 500 });
  await execute(local, insert);
  expect(await count(local, 't')).toBe(1);
  await expect.poll(() => count(local, 't'), { timeout: 10_000 }).toBe(2);
  await expect
    .poll(() => local.log.entries.at(-1), { timeout: 10_000 })
    .toMatchObject({ sql: insert, duplicate: true, outcome: 'ok' });
});

test('hooks run at their moment', async () => {
  const seen: unknown[] = [];
  const look = async () => void seen.push(await count(local, 't'));
  local.faults.before({ sql: 'insert' }, look);
  local.faults.after({ sql: 'insert' }, look);
  await execute(local, insert);
  expect(seen).toEqual([0, 1]);
});
