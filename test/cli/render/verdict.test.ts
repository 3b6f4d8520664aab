import { expect, test } from 'vitest';
import { verdict } from '../../../lib/cli/render/verdict.ts';
import type { Report } from '../../../lib/core/report.ts';
import { failed, fakeScreen, migration, pending, report, shown } from '../fixtures.ts';

const two = [migration('001_initial_schema'), migration('002_create_users')];

function rendered(value: Report, { width = 80, line }: { width?: number; line?: string } = {}) {
  return shown(verdict(value, fakeScreen({ width }), line));
}

test.each<[string, Report, string]>([
  [
    'applied',
    report(two, { applied: ['001_initial_schema', '002_create_users'] }),
    '2 applied in 0.4 s (7 Data API calls)',
  ],
  [
    'nothing to do',
    report(two, { outcome: 'nothing-to-do', dataApiCalls: 1 }),
    'Nothing to do: 2 applied (1 Data API call)',
  ],
  [
    'nothing to do, though the database is ahead',
    report([...two, migration('003_newer', { state: 'missing' })], { outcome: 'nothing-to-do', dataApiCalls: 1 }),
    'Nothing to do: 2 applied, 1 missing (1 Data API call)',
  ],
  [
    'interrupted',
    report([two[0]!, pending('002_create_users')], { outcome: 'stopped', applied: ['001_initial_schema'] }),
    'Stopped in 0.4 s: 1 applied, 1 pending (7 Data API calls)',
  ],
])('%s', (_, value, line) => {
  expect(rendered(value)).toBe(`${line}\n`);
});

test('a failed migration: where, why, what is applied, what next', () => {
  const value = report([two[0]!, failed('002_create_users'), pending('003_add_user_preferences')], {
    outcome: 'failed',
    applied: ['001_initial_schema'],
  });
  expect(rendered(value, { line: 'INSERT INTO userz VALUES (1);' })).toMatchInlineSnapshot(`
    "
    ✗ 002_create_users failed at sql/migrations/002_create_users.sql:4:13,
      statement 2 of 3
      42P01   relation "userz" does not exist
      Hint    Perhaps you meant to reference the table "users".
      4 │ INSERT INTO userz VALUES (1);
        │             ^

      Applied   001_initial_schema was applied and stays. 002_create_users ran in
                one transaction and left nothing behind.
      Next      Correct sql/migrations/002_create_users.sql and run "up" again:
                nothing needs to be repaired.

    Failed in 0.4 s: 1 applied, 1 failed, 1 pending (7 Data API calls)
    "
  `);
});

test('a failed stepwise migration says what stays', () => {
  const value = report([failed('002_indexes', { mode: 'stepwise', statementsApplied: 1 })], { outcome: 'failed' });
  expect(rendered(value, { width: 160, line: '  CREATE INDEX CONCURRENTLY i ON userz (id);' })).toMatchInlineSnapshot(`
    "
    ✗ 002_indexes failed at sql/migrations/002_indexes.sql:4:13, statement 2 of 3
      42P01   relation "userz" does not exist
      Hint    Perhaps you meant to reference the table "users".
      4 │   CREATE INDEX CONCURRENTLY i ON userz (id);
        │             ^

      Applied   This run applied nothing else. Of 002_indexes, 1 statement of 3 is done and stays.
      Next      Correct sql/migrations/002_indexes.sql and run "up" again: nothing needs to be repaired.

    Failed in 0.4 s: nothing was applied, 1 failed (7 Data API calls)
    "
  `);
});

test('a plan that was stopped', () => {
  const value = report([migration('001_initial_schema', { state: 'changed' })], {
    outcome: 'stopped',
    problems: [
      {
        code: 'changed-destructive',
        message: '001_initial_schema was edited after it was applied, and line 3 drops table users',
        remedy: 'Undo the edit, write a new migration, make it repeatable, or add reapply:true to its migrate:up line',
        migration: '001_initial_schema',
      },
    ],
  });
  expect(rendered(value)).toMatchInlineSnapshot(`
    "001_initial_schema was edited after it was applied, and line 3 drops table
      users. Undo the edit, write a new migration, make it repeatable, or add
      reapply:true to its migrate:up line.

    Stopped in 0.4 s: nothing was applied (7 Data API calls)
    "
  `);
});
