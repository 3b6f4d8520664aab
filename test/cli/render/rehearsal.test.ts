import { expect, test } from 'vitest';
import { rehearsal } from '../../../lib/cli/render/rehearsal.ts';
import type { ManifestReader } from '../../../lib/core/manifest.ts';
import type { Rehearsal, RehearsedMigration } from '../../../lib/core/rehearsal.ts';
import { failed, fakeScreen, shown } from '../fixtures.ts';

/** Of which only the text of the file is asked. */
const migrations = {
  body: async () => ({ up: { content: '\n\n\nINSERT INTO userz VALUES (1);\n' } }),
} as unknown as ManifestReader;

const works: RehearsedMigration = {
  name: '002_more',
  file: 'sql/migrations/002_more.sql',
  direction: 'up',
  result: 'works',
  statements: 2,
  error: null,
  effects: [
    {
      statement: 1,
      line: 2,
      locks: [
        { relation: 'public.t', mode: 'ACCESS EXCLUSIVE', blocks: 'reads and writes' },
        { relation: 'public.p', mode: 'SHARE UPDATE EXCLUSIVE', blocks: 'nothing' },
        { relation: 'public.q', mode: 'ROW EXCLUSIVE', blocks: 'nothing' },
      ],
      rewritten: ['public.t'],
      scanned: ['public.p'],
    },
    { statement: 2, line: 3, locks: null, rewritten: [], scanned: null },
  ],
};

const view: Rehearsal = {
  outcome: 'failed',
  engine: 'postgresql',
  migrations: [
    works,
    {
      ...works,
      name: '003_bad',
      result: 'failed',
      statements: 3,
      effects: [],
      error: failed('003_bad').error,
    },
    { ...works, name: '004_later', result: 'not-tried', effects: [] },
  ],
  problems: [],
  notes: ['002_more is half done: rehearsed from statement 1 on'],
  copy: {
    extensions: ['vector'],
    standIns: ['type public.vector'],
    leftOut: [{ kind: 'index', name: 'public.near', why: 'access method "hnsw" does not exist' }],
    notDumped: ['subscription s'],
  },
  changes: [],
  diff: '--- a\n+++ b\n@@ table public.t: changed @@\n+x\n',
  unknown: ['The copy has no rows'],
  dataApiCalls: 8,
};

test('what works, with its locks; what fails, as "up" shows it; what was not tried', async () => {
  expect(shown(await rehearsal(view, migrations, fakeScreen({ width: 100 })))).toBe(`✓ 002_more
  lock       line 2: ACCESS EXCLUSIVE on public.t: blocks reads and writes
  lock       line 2: SHARE UPDATE EXCLUSIVE on public.p: blocks no reads or writes
  rewrites   line 2: public.t
  reads all  line 2: public.p
  lock       line 3: none was seen: it runs outside of a transaction
✗ 003_bad would fail at sql/migrations/003_bad.sql:4:13, statement 2 of 3
  42P01   relation "userz" does not exist
  Hint    Perhaps you meant to reference the table "users".
  4 │ INSERT INTO userz VALUES (1);
    │             ^
  Next    Correct sql/migrations/003_bad.sql and run "up" again: nothing needs to be repaired.
○ 004_later: not tried

What changes of the schema
--- a
+++ b
@@ table public.t: changed @@
+x

How the copy differs from the database
  - The scratch server does not have the extension vector
  - A stand-in was made for the type public.vector
  - Left out: index public.near (access method "hnsw" does not exist)
  - Left out: subscription s

Not known
  - The copy has no rows

! 002_more is half done: rehearsed from statement 1 on
1 would work, 1 would fail, 1 not tried (8 Data API calls, all of them reads)
`);
});

test('MySQL: what it accepts, up and down; a plan that stops; nothing to do', async () => {
  const accepted = (algorithm: 'INSTANT' | 'COPY', lock: 'SHARED' | null): RehearsedMigration['effects'] => [
    { statement: 1, line: 1, locks: [], rewritten: [], scanned: [], accepted: { algorithm, lock } },
  ];
  const none = { extensions: [], standIns: [], leftOut: [], notDumped: [] };
  const quiet = { ...view, copy: none, diff: '', unknown: [], notes: [] };
  const all = [
    { ...works, effects: accepted('INSTANT', null) },
    { ...works, direction: 'down' as const, effects: accepted('COPY', 'SHARED') },
  ];
  const say = async (more: Partial<Rehearsal>) =>
    shown(await rehearsal({ ...quiet, ...more }, migrations, fakeScreen({ width: 100 })));
  expect(await say({ outcome: 'works', migrations: all })).toBe(`✓ 002_more
  accepts    line 1: ALGORITHM=INSTANT
✓ 002_more, undone
  accepts    line 1: ALGORITHM=COPY, LOCK=SHARED: blocks writes

2 rehearsals work (8 Data API calls, all of them reads)
`);
  expect(await say({ outcome: 'nothing-to-do', migrations: [] })).toBe(
    'Nothing is pending (8 Data API calls, all of them reads)\n',
  );
  const problems = [{ code: 'x', message: 'It is edited', remedy: 'Undo the edit' }];
  expect(await say({ outcome: 'stopped', migrations: [], problems })).toContain('It would stop: 1 problem (8 Data');
});
