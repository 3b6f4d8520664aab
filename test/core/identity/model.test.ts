import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ALL, actions, DAILY, EDITS, LANDINGS, play } from './actions.ts';
import { byName } from './database.ts';

// Three databases, which deploy the branches of a team at any moment. `MODEL_RUNS=3000` tries more histories, `MODEL_SEED` repeats one.
const numRuns = Number(process.env.MODEL_RUNS ?? 60);
const seed = Number(process.env.MODEL_SEED ?? 20261130);

/** A migration of which number, words and statements were all changed between two deploys: nothing is left to recognise it by. */
const UNKNOWABLE = 'nothing left to recognise';

function faultsOf(list: Parameters<typeof play>[0], how: Parameters<typeof play>[1] = {}): string[] {
  return play(list, how).faults.map(({ kind }) => kind);
}

describe('never twice, never skipped, settled after one deploy, and nothing lost in a rollback', () => {
  test.each([
    ['daily work', DAILY, {}],
    ['with timestamps', DAILY, { usesTimestamps: true }],
    ['with edits', EDITS, {}],
    ['with edits and onChanged: fail', EDITS, { options: { onChanged: 'fail' } }],
    ['with edits and outOfOrder: fail', EDITS, { options: { outOfOrder: 'fail' } }],
  ] as const)('%s', (_, kinds, how) => {
    fc.assert(
      fc.property(actions(kinds), list => {
        expect(faultsOf(list, how).filter(kind => kind !== UNKNOWABLE)).toEqual([]);
      }),
      { numRuns, seed },
    );
  });

  test('deleted, dropped, made again, on one branch', () => {
    fc.assert(
      fc.property(actions(LANDINGS), list => {
        expect(faultsOf(list.map(one => ({ ...one, branch: 0 })))).toEqual([]);
      }),
      { numRuns, seed },
    );
  });

  test('with onChanged: ignore what was edited is skipped, and nothing else', () => {
    const ignored = [UNKNOWABLE, 'skipped', 'not-true', 'not-settled'];
    fc.assert(
      fc.property(actions(DAILY), list => {
        const faults = faultsOf(list, { options: { onChanged: 'ignore' } });
        expect(faults.filter(kind => !ignored.includes(kind))).toEqual([]);
      }),
      { numRuns, seed },
    );
  });
});

test.each([
  ['daily work', DAILY, { deploys: 3293, stops: 161, needless: 161 }],
  ['with edits', EDITS, { deploys: 2430, stops: 411, needless: 128 }],
  ['with copies and squashes', ALL, { deploys: 1768, stops: 189, needless: 85 }],
])(
  'needless stops are not above those of the prototype of the rules on the same histories: %s',
  (_, kinds, prototype) => {
    const played = fc.sample(actions(kinds), { numRuns: 400, seed: 7 }).map(list => play(list));
    const sum = (of: 'deploys' | 'stops' | 'needless') => played.reduce((all, one) => all + one[of], 0);
    expect(sum('deploys')).toBe(prototype.deploys);
    expect(sum('needless')).toBeLessThanOrEqual(prototype.needless);
    expect(sum('stops')).toBeLessThanOrEqual(prototype.stops);
  },
);

test('the model finds out a plan that goes by names alone', () => {
  const check = fc.check(
    fc.property(actions(DAILY), list => faultsOf(list, { decide: byName }).length === 0),
    { numRuns, seed },
  );
  expect(check.failed).toBe(true);
});

test('with copies and squashes too, few deploys are wrong and few stop', () => {
  const played = fc.sample(actions(ALL), { numRuns, seed }).map(list => play(list));
  const sum = (of: (one: (typeof played)[number]) => number) => played.reduce((all, one) => all + of(one), 0);
  const deploys = sum(one => one.deploys);
  expect(sum(one => one.faults.filter(({ kind }) => kind !== UNKNOWABLE).length)).toBeLessThan(deploys * 0.002);
  expect(sum(one => one.stops)).toBeLessThan(deploys * 0.5);
});
