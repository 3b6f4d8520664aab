import { describe, expect, test } from 'vitest';
import { progress } from '../../lib/cli/progress.ts';
import type { RunEvent } from '../../lib/core/report.ts';
import { failed, fakeScreen } from './fixtures.ts';

const EVENTS: readonly RunEvent[] = [
  { event: 'waiting', what: 'another run holds the lease', seconds: 0 },
  { event: 'waiting', what: 'another run holds the lease', seconds: 1 },
  { event: 'started', migration: '001_initial_schema', number: 1, of: 3 },
  { event: 'applied', migration: '001_initial_schema', executionTimeMs: 12, attempt: 1 },
  { event: 'started', migration: '002_indexes', number: 2, of: 3 },
  { event: 'statement', migration: '002_indexes', statement: 1, of: 2 },
  { event: 'statement', migration: '002_indexes', statement: 2, of: 2 },
  { event: 'working', migration: '002_indexes', seconds: 5, progress: null },
  { event: 'working', migration: '002_indexes', seconds: 10, progress: 'building index: scanning table 7 %' },
  { event: 'applied', migration: '002_indexes', executionTimeMs: 61_000, attempt: 2 },
  { event: 'started', migration: '003_bad', number: 3, of: 3 },
  { event: 'failed', migration: '003_bad', executionTimeMs: 3, failure: failed('003_bad').error! },
];

function played(live: boolean, events = EVENTS) {
  const screen = fakeScreen({ live });
  const shown = progress(screen, () => 0);
  shown.expect(['001_initial_schema', '002_indexes', '003_bad']);
  for (const event of events) shown.on(event);
  shown.end();
  return screen.written;
}

describe('without a terminal', () => {
  test('one line when a migration is done; a wait is said once', () => {
    expect(played(false)).toBe(
      [
        '… waiting: another run holds the lease',
        '✓ 001_initial_schema           12 ms',
        '… 002_indexes is at work, 5 s so far',
        '… 002_indexes is at work, 10 s so far: building index: scanning table 7 %',
        '✓ 002_indexes               1 min 1 s  attempt 2',
        '✗ 003_bad                       3 ms',
        '',
      ].join('\n'),
    );
  });
});

describe('on a terminal', () => {
  const CLEAR = '\r\u001b[2K';

  test('a line appears as its migration starts and becomes its result', () => {
    expect(played(true, EVENTS.slice(2, 4))).toBe(
      `${CLEAR}⠋ 001_initial_schema        1 of 3${CLEAR}✓ 001_initial_schema           12 ms\n`,
    );
  });

  test('stepwise ones count their statements', () => {
    expect(played(true, EVENTS.slice(4, 6))).toContain('002_indexes               statement 1 of 2');
  });

  test('how far one is stands behind it; where nobody tells, what stood there stays', () => {
    const [statement, mute, telling] = [5, 7, 8].map(at => EVENTS[at]!) as [RunEvent, RunEvent, RunEvent];
    expect(played(true, [statement, mute]).split(CLEAR).at(-2)).toContain('statement 1 of 2');
    expect(played(true, [statement, telling]).split(CLEAR).at(-2)).toContain('building index: scanning table 7 %');
  });

  test('the moving line is taken away at the end', () => {
    expect(played(true, EVENTS.slice(0, 1)).endsWith(CLEAR)).toBe(true);
  });

  test('a moving line never is wider than the screen', () => {
    const screen = fakeScreen({ live: true, width: 40 });
    const shown = progress(screen, () => 0);
    shown.on({ event: 'started', migration: 'x'.repeat(200), number: 1, of: 2 });
    shown.end();
    for (const line of screen.written.split(CLEAR)) expect(line.length).toBeLessThan(40);
  });
});
