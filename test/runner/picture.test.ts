import { expect, test } from 'vitest';
import type { HistoryEntry } from '../../lib/core/history.ts';
import type { Migration } from '../../lib/core/manifest.ts';
import { noteAttempt, type Picture } from '../../lib/runner/picture.ts';

const SUM = 'a'.repeat(64);

function pictureOf(entries: Map<string, HistoryEntry>): Picture {
  const history = { installed: false, entries, openRequest: null, leaseTaken: null, server: null };
  return { history, entries, resumes: new Map(), unfinished: [], facts: new Map(), adopts: false, database: null };
}

const migration = { name: '0002_b', statementsChecksum: SUM } as Migration;
const attempt = { attempt: 3, statementsApplied: 2, executionTimeMs: 5 };

test('an attempt that was applied counts as applied in the picture, and one that failed leaves what was applied before', () => {
  const picture = pictureOf(new Map());
  picture.resumes.set('0002_b', { done: 1, edited: null });
  noteAttempt(picture, migration, { ...attempt, status: 'applied' });
  expect(picture.history.installed).toBe(true);
  expect(picture.resumes.size).toBe(0);
  const applied = picture.history.entries.get('0002_b')!;
  expect(applied.latest).toMatchObject({ attempt: 3, status: 'applied', statementsChecksum: SUM.slice(0, 16) });
  expect(applied.inForce).toMatchObject({
    status: 'applied',
    statementsChecksum: SUM.slice(0, 16),
    byOtherHook: false,
  });
  noteAttempt(picture, migration, { ...attempt, attempt: 4, status: 'failed' });
  expect(picture.history.entries.get('0002_b')).toMatchObject({ latest: { attempt: 4 }, inForce: applied.inForce });
});

test('a long history is not copied for each migration', () => {
  const entries = new Map<string, HistoryEntry>();
  const picture = pictureOf(entries);
  for (let nth = 1; nth <= 3; nth++)
    noteAttempt(picture, { ...migration, name: `${nth}` }, { ...attempt, status: 'applied' });
  expect(picture.history.entries).toBe(entries);
  expect([...entries.keys()]).toEqual(['1', '2', '3']);
});
