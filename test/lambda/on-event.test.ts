import { describe, expect, test } from 'vitest';
import { FUNCTION_TIMEOUT_SECONDS } from '../../lambda/contract.ts';
import { readEnvironment } from '../../lambda/environment.ts';
import { decide } from '../../lambda/prepare.ts';
import { cutSlice } from '../../lambda/time-budget.ts';

const step = { migration: '001_a', reason: 'pending', mode: 'atomic', from: 1, statements: 1 } as const;
const problem = { code: 'changed', message: 'It was changed', remedy: 'Undo the edit' };
const plan = { notes: [], openRequest: null, dataApiCalls: 1 };
const nothing = { ...plan, steps: [], problems: [] };
const steps = { ...plan, steps: [step], problems: [] };
const stopped = { ...plan, steps: [step], problems: [problem] };
const yes = { is: 'yes' } as const;
const no = { is: 'no' } as const;
const unknown = { is: 'unknown', reason: 'AccessDenied' } as const;
const rollingBack = { Work: 'done', notes: ['The stack is rolling back: nothing was applied'] };

describe('what a request comes to', () => {
  test.each([
    ['nothing to do', nothing, no, false, { Work: 'done', notes: [] }],
    ['steps', steps, no, false, { Work: 'migrate' }],
    ['problems', stopped, no, false, { problems: [problem] }],
    ['a rollback with nothing to do', nothing, yes, false, rollingBack],
    ['a rollback with steps', steps, yes, false, rollingBack],
    ['a rollback with problems', stopped, yes, false, rollingBack],
    ['a rollback that undoes', nothing, yes, true, { Work: 'revert' }],
    ['a deploy where a rollback would undo', steps, no, true, { Work: 'migrate' }],
    ['nobody to ask', steps, unknown, false, { Work: 'migrate', NotAsked: 'AccessDenied' }],
    ['nobody to ask, with problems', stopped, unknown, true, { Work: 'migrate', NotAsked: 'AccessDenied' }],
    ['nobody to ask, nothing to do', nothing, unknown, true, { Work: 'done', notes: [] }],
  ] as const)('%s', (_, planned, rollback, undoes, decision) => {
    const { problems: _p, ...found } = decide(planned, rollback, undoes) as { problems?: unknown };
    const { problems: _q, ...expected } = decision as { problems?: unknown };
    expect(found).toEqual(expected);
    expect(_p !== undefined).toBe(_q !== undefined);
  });
});

describe('a slice', () => {
  const minute = 60_000;
  const at = (now: number, remaining = 10) =>
    cutSlice({ startedAt: 0, timeoutMs: 55 * minute, now: now * minute, remainingMs: remaining * minute });

  test('works five minutes at most, and ends before the function does', () => {
    expect(at(0).budgetMs).toBe(5 * minute);
    expect(at(0, 4).budgetMs).toBe(1.5 * minute);
    expect(at(0, 2).budgetMs).toBe(0);
  });

  test('ends in time to answer at minute 55', () => {
    expect(at(50).budgetMs).toBe(2.5 * minute);
    expect(at(53).budgetMs).toBe(0);
    // A call that begins in the last moment, the release of the lease, and the answer.
    expect(50 * minute + at(50).abortMs + 2 * 65_000).toBeLessThanOrEqual(55 * minute);
  });

  // Of the function and of the deploy, in steps of 30 s: whatever calls, waits and retries do, they are given up in time.
  const halves = (most: number) => Array.from({ length: most * 2 + 1 }, (_, at) => (at * minute) / 2);
  const answer = 20_000;

  test('gives up what is on its way before the function ends, and before the deploy does', () => {
    for (const now of halves(60)) {
      for (const remainingMs of halves(10)) {
        const slice = cutSlice({ startedAt: 0, timeoutMs: 55 * minute, now, remainingMs });
        expect(slice.giveUpAt).toBeLessThanOrEqual(Math.max(now, now + remainingMs - answer));
        if (slice.budgetMs > 0) expect(slice.giveUpAt).toBeLessThanOrEqual(55 * minute - answer);
        // Waits end first: nothing is repeated that was given up.
        expect(now + slice.abortMs).toBeLessThanOrEqual(slice.giveUpAt);
        // A call that begins with the last of its work is heard, when the waits are over too.
        if (slice.budgetMs > 0) expect(slice.giveUpAt - now - slice.abortMs).toBeGreaterThan(65_000);
      }
    }
  });

  test('and still looks for the last answer within the function, and within the hour of CloudFormation', () => {
    for (const now of halves(55)) {
      const functionEnds = now + FUNCTION_TIMEOUT_SECONDS * 1000;
      const first = cutSlice({ startedAt: 0, timeoutMs: 55 * minute, now, remainingMs: functionEnds - now });
      // Without time to work it looks at once.
      const then = first.budgetMs > 0 ? first.giveUpAt : now;
      const look = cutSlice({ startedAt: 0, timeoutMs: 55 * minute, now: then, remainingMs: functionEnds - then });
      expect(look.giveUpAt + answer).toBeLessThanOrEqual(functionEnds);
      // Also of a request that was delivered again two minutes later, and counts from then.
      expect(look.giveUpAt + answer).toBeLessThanOrEqual(58 * minute);
    }
  });

  test('is followed by another one only while there is time', () => {
    expect(at(0).another(52 * minute)).toBe(true);
    expect(at(0).another(52.4 * minute)).toBe(false);
  });
});

test('an environment that somebody changed by hand is told of', () => {
  expect(() => readEnvironment({ CLUSTER_ARN: 'a', SECRET_ARN: 'b', HOOK: 'c' })).toThrow(
    'The environment variable TIMEOUT_MS of the function is not set. Deploy the stack again: the construct sets it.',
  );
});
