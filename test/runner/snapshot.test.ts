import { expect, test } from 'vitest';
import type { HistoryEntry } from '../../lib/core/history.ts';
import type { Migration } from '../../lib/core/manifest.ts';
import { noteAttempt, type Snapshot } from '../../lib/runner/snapshot.ts';

const SUM = 'a'.repeat(64);

function snapshotOf(entries: Map<string, HistoryEntry>): Snapshot {
  const history = { installed: false, entries, openRequest: null, leaseTaken: null, server: null };
  return { history, entries, resumes: new Map(), unfinished: [], facts: new Map(), baselines: false, database: null };
}

const migration = { name: '0002_b', statementsChecksum: SUM } as Migration;
const attempt = { attempt: 3, statementsApplied: 2, executionTimeMs: 5 };

test('an attempt that was applied counts as applied in the snapshot, and one that failed leaves what was applied before', () => {
  const snapshot = snapshotOf(new Map());
  snapshot.resumes.set('0002_b', { done: 1, edited: null });
  noteAttempt(snapshot, migration, { ...attempt, status: 'applied' });
  expect(snapshot.history.installed).toBe(true);
  expect(snapshot.resumes.size).toBe(0);
  const applied = snapshot.history.entries.get('0002_b')!;
  expect(applied.latest).toMatchObject({ attempt: 3, status: 'applied', statementsChecksum: SUM.slice(0, 16) });
  expect(applied.inForce).toMatchObject({
    status: 'applied',
    statementsChecksum: SUM.slice(0, 16),
    byOtherHook: false,
  });
  noteAttempt(snapshot, migration, { ...attempt, attempt: 4, status: 'failed' });
  expect(snapshot.history.entries.get('0002_b')).toMatchObject({ latest: { attempt: 4 }, inForce: applied.inForce });
});

test('a long history is not copied for each migration', () => {
  const entries = new Map<string, HistoryEntry>();
  const snapshot = snapshotOf(entries);
  for (let nth = 1; nth <= 3; nth++)
    noteAttempt(snapshot, { ...migration, name: `${nth}` }, { ...attempt, status: 'applied' });
  expect(snapshot.history.entries).toBe(entries);
  expect([...entries.keys()]).toEqual(['1', '2', '3']);
});
