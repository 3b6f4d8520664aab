import { expect, test } from 'vitest';
import { ago, duration, stamp } from '../../../lib/cli/render/time.ts';
import { NOW } from '../fixtures.ts';

test.each([
  [0, '0 ms'],
  [0.4, '0 ms'],
  [12.6, '13 ms'],
  [999, '999 ms'],
  [1000, '1.0 s'],
  [12_340, '12.3 s'],
  [59_949, '59.9 s'],
  [59_960, '1 min'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [3_900_000, '1 h 5 min'],
])('%d ms is %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

test.each([
  ['2026-11-22T12:00:00Z', 'just now'],
  ['2026-11-22T12:00:03Z', 'just now'],
  ['2026-11-22T11:59:56Z', 'just now'],
  ['2026-11-22T11:59:20Z', '40 s ago'],
  ['2026-11-22T11:58:30Z', '1 min ago'],
  ['2026-11-22T09:00:00Z', '3 h ago'],
  ['2026-11-21T11:00:00Z', 'yesterday'],
  ['2026-11-10T12:00:00Z', '12 days ago'],
  ['2026-10-01T12:00:00Z', '2026-10-01'],
  ['2026-12-01T12:00:00Z', '2026-12-01'],
  ['no date', 'no date'],
])('%s is %s', (at, text) => {
  expect(ago(at, NOW)).toBe(text);
});

test('a stamp is UTC to the second', () => {
  expect(stamp('2026-11-22T12:00:00.123Z')).toBe('2026-11-22 12:00:00');
});
