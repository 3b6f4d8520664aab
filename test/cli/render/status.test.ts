import { expect, test } from 'vitest';
import { status } from '../../../lib/cli/render/status.ts';
import { counted, failed, fakeScreen, migration, NOW, pending, shown } from '../fixtures.ts';

const MIGRATIONS = [
  migration('000_create_migrations_table', { executionTimeMs: 31, description: 'The tracking tables' }),
  migration('001_initial_schema', { executionTimeMs: 1203, at: '2026-11-20T12:00:00.000Z' }),
  failed('002_create_users', { attempt: 2 }),
  migration('003_a_long_name_that_somebody_gave_to_a_migration', { state: 'changed' }),
  migration('R__report_view', {
    state: 'missing',
    version: null,
    description: null,
    file: null,
    mode: null,
    checksum: null,
  }),
  pending('004_add_user_preferences'),
];

function rendered(
  options: Parameters<typeof fakeScreen>[0],
  { verbose = false, migrations = MIGRATIONS, notes = [] as string[] } = {},
) {
  return shown(
    status({ migrations, counts: counted(migrations), notes, running: null, dataApiCalls: 1 }, fakeScreen(options), {
      now: NOW,
      verbose,
    }),
  );
}

test('80 columns', () => {
  expect(rendered({ width: 80 })).toMatchInlineSnapshot(`
    "   migration                                 state    when         took  attempt
    ✓  000_create_migrations_table               applied  3 min ago   31 ms
    ✓  001_initial_schema                        applied  2 days ago  1.2 s
    ✗  002_create_users                          failed   3 min ago   12 ms        2
      42P01   relation "userz" does not exist
      Hint    Perhaps you meant to reference the table "users".
      At      sql/migrations/002_create_users.sql:4:13, statement 2 of 3
      Next    Correct sql/migrations/002_create_users.sql and run "up" again:
              nothing needs to be repaired.
    ~  003_a_long_name_that_somebody_gave_to_a…  changed  3 min ago   12 ms
    ?  R__report_view                            missing  3 min ago   12 ms
    ○  004_add_user_preferences                  pending

    1 failed, 1 changed, 1 pending, 2 applied, 1 missing (1 Data API call)
    "
  `);
});

test('160 columns', () => {
  expect(rendered({ width: 160 })).toMatchInlineSnapshot(`
    "   migration                                          state    when         took  attempt  description
    ✓  000_create_migrations_table                        applied  3 min ago   31 ms           The tracking tables
    ✓  001_initial_schema                                 applied  2 days ago  1.2 s           initial schema
    ✗  002_create_users                                   failed   3 min ago   12 ms        2  create users
      42P01   relation "userz" does not exist
      Hint    Perhaps you meant to reference the table "users".
      At      sql/migrations/002_create_users.sql:4:13, statement 2 of 3
      Next    Correct sql/migrations/002_create_users.sql and run "up" again: nothing needs to be repaired.
    ~  003_a_long_name_that_somebody_gave_to_a_migration  changed  3 min ago   12 ms           a long name that somebody gave to a migration
    ?  R__report_view                                     missing  3 min ago   12 ms
    ○  004_add_user_preferences                           pending                              add user preferences

    1 failed, 1 changed, 1 pending, 2 applied, 1 missing (1 Data API call)
    "
  `);
});

test('verbose, 160 columns', () => {
  expect(rendered({ width: 160 }, { verbose: true })).toMatchInlineSnapshot(`
    "   migration                                          state    when (UTC)            took  attempt  checksum      description
    ✓  000_create_migrations_table                        applied  2026-11-22 11:57:00  31 ms           f00df00df00d  The tracking tables
    ✓  001_initial_schema                                 applied  2026-11-20 12:00:00  1.2 s           f00df00df00d  initial schema
    ✗  002_create_users                                   failed   2026-11-22 11:57:00  12 ms        2  f00df00df00d  create users
      42P01   relation "userz" does not exist
      Hint    Perhaps you meant to reference the table "users".
      At      sql/migrations/002_create_users.sql:4:13, statement 2 of 3
      Next    Correct sql/migrations/002_create_users.sql and run "up" again: nothing needs to be repaired.
    ~  003_a_long_name_that_somebody_gave_to_a_migration  changed  2026-11-22 11:57:00  12 ms           f00df00df00d  a long name that somebody gave to a migration
    ?  R__report_view                                     missing  2026-11-22 11:57:00  12 ms
    ○  004_add_user_preferences                           pending                                       f00df00df00d  add user preferences

    1 failed, 1 changed, 1 pending, 2 applied, 1 missing (1 Data API call)
    "
  `);
});

test('colour says the state', () => {
  expect(rendered({ width: 160, color: true })).toMatchInlineSnapshot(`
    "   <dim>migration</>                                          <dim>state</>    <dim>when</>         <dim>took</>  <dim>attempt</>  <dim>description</>
    <green>✓</>  000_create_migrations_table                        <green>applied</>  3 min ago   31 ms           <dim>The tracking tables</>
    <green>✓</>  001_initial_schema                                 <green>applied</>  2 days ago  1.2 s           <dim>initial schema</>
    <red>✗</>  002_create_users                                   <red>failed</>   3 min ago   12 ms        2  <dim>create users</>
      <red>42P01</>   relation "userz" does not exist
      <cyan>Hint</>    Perhaps you meant to reference the table "users".
      <dim>At</>      sql/migrations/002_create_users.sql:4:13, statement 2 of 3
      <dim>Next</>    Correct sql/migrations/002_create_users.sql and run "up" again: nothing needs to be repaired.
    <magenta>~</>  003_a_long_name_that_somebody_gave_to_a_migration  <magenta>changed</>  3 min ago   12 ms           <dim>a long name that somebody gave to a migration</>
    <dim>?</>  R__report_view                                     <dim>missing</>  3 min ago   12 ms
    <yellow>○</>  004_add_user_preferences                           <yellow>pending</>                              <dim>add user preferences</>

    <red>1 failed</>, <magenta>1 changed</>, <yellow>1 pending</>, <green>2 applied</>, <dim>1 missing</> <dim>(1 Data API call)</>
    "
  `);
});

test('a stepwise one that stopped says how far it got; notes come before the counts', () => {
  const migrations = [failed('005_indexes', { mode: 'stepwise', statementsApplied: 1 })];
  expect(
    rendered({ width: 80 }, { migrations, notes: ['002_late is older than the newest applied migration'] }),
  ).toMatchInlineSnapshot(`
    "   migration    state   when        took  description
    ✗  005_indexes  failed  3 min ago  12 ms  indexes
      42P01   relation "userz" does not exist
      Hint    Perhaps you meant to reference the table "users".
      At      sql/migrations/005_indexes.sql:4:13, statement 2 of 3
      Next    Correct sql/migrations/005_indexes.sql and run "up" again: nothing
              needs to be repaired.
      Done    1 of 3 statements

    ! 002_late is older than the newest applied migration
    1 failed (1 Data API call)
    "
  `);
});

test('what others wrote cannot move the cursor', () => {
  const migrations = [migration('001_x', { description: 'a\u001b[2Jb\nc' })];
  expect(rendered({ width: 80 }, { migrations })).toContain('a\ufffd[2Jb c');
});

test.each([40, 60, 80, 100, 160])('no line of the table, or below one, is wider than %i columns', width => {
  for (const verbose of [false, true]) {
    for (const line of rendered({ width }, { verbose }).split('\n').slice(0, -2))
      expect(line.length).toBeLessThanOrEqual(width);
  }
});

test('nothing is cut where nobody looks', () => {
  expect(rendered({ width: Number.POSITIVE_INFINITY })).not.toContain('…');
});

test('an empty folder', () => {
  expect(rendered({ width: 80 }, { migrations: [] })).toBe('no migrations (1 Data API call)\n');
});
