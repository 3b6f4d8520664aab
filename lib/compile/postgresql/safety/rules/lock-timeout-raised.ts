import type { Rule } from '../rule.ts';

/** Milliseconds: twice what a run sets by itself. */
const LONGEST_MS = 10_000;

export const lockTimeoutRaised: Rule = {
  id: 'lock-timeout-raised',
  engine: 'postgresql',
  severity: 'caution',
  title: 'lock_timeout is raised or switched off',
  why: 'A statement that waits for its lock makes every later reader and writer of the table wait behind it. A run sets lock_timeout to 5 s and tries again.',
  safeWay: 'Leave it out, or set the option lockTimeout of the construct (--lock-timeout).',
  find(action) {
    if (action.do !== 'set' || action.name !== 'lock_timeout') return undefined;
    const ms = milliseconds(action.value);
    if (ms === undefined || (ms > 0 && ms <= LONGEST_MS)) return undefined;
    const limit = ms === 0 ? 'without limit' : `for up to ${ms / 1000} s`;
    return {
      subject: 'lock_timeout',
      message: `A statement may wait for a lock ${limit}, and everybody else behind it`,
    };
  },
};

const UNITS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** As PostgreSQL reads a time: milliseconds where it has no unit. */
function milliseconds(value: string): number | undefined {
  const [, number, unit = 'ms'] = /^\s*(\d+(?:\.\d+)?)\s*(us|ms|s|min|h|d)?\s*$/.exec(value) ?? [];
  return number === undefined ? undefined : Number(number) * UNITS[unit]!;
}
