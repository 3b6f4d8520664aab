/** What a sample's `history.sql` has as applied. */
export interface Half {
  /** Names of our migrations, in order. */
  readonly applied: readonly string[];
  /** The history is that of a tool that has not come to its end: the code of the problem, and what brings it there. */
  readonly unfinished?: { readonly code: string; readonly finish: string };
  /** How many of the newest can be reverted by the down scripts of the sample. @default as many as have one */
  readonly reverts?: number;
}

/** By the source of the sample. */
export const HALVES: Readonly<Record<string, Half>> = {
  // The down script of its view does nothing, so the table below it cannot be dropped.
  'golang-migrate/migrations': { applied: ['000001_create_users', '000002_mood_touch'], reverts: 4 },
  'dbmate/db/migrations': { applied: ['20240101120000_create_users', '20240102120000_mood-touch'] },
  // 1.10 was undone.
  'flyway/sql': { applied: ['100_create_users', '101_mood_and_touch', '102_email_index', 'R__active_users'] },
  'goose/migrations': { applied: ['00001_create_users', '00002_mood_and_touch'] },
  'sql-migrate/migrations': { applied: ['1_create_users', '2_mood'] },
  'sqlx/migrations': { applied: ['20240101120000_create_users', '20240102120000_mood-and-touch'] },
  'diesel/migrations': {
    applied: ['000000000000000000_diesel_initial_setup', '202401011200000000_create_users', '202401021200000000_mood'],
  },
  'prisma/prisma/migrations': { applied: ['20240101120000_create_users', '20240102120000_mood_and_touch'] },
  // The third entry of the journal, by its number the fourth.
  'drizzle/drizzle': { applied: ['0000_yellow_ghost', '0001_mood', '0003_add_mood'] },
  'drizzle-1/drizzle': { applied: ['20240101120000_yellow_ghost', '20240102120000_mood'] },
  'supabase/supabase/migrations': { applied: ['20240101120000_create_users', '20240102120000_mood_and_touch'] },
  'node-pg-migrate/migrations': { applied: ['1704110400000_create-users', '1704196800000_mood-and-touch'] },
  'pop/migrations': { applied: ['20240101120000_create_users', '20240102120000_mood'] },
  'rails/db/structure.sql': { applied: ['0001_structure'] },
  'atlas/migrations': {
    applied: ['20240101120000_create_users', '20240102120000_migration'],
    unfinished: {
      code: 'other-tool-failed',
      finish: `DELETE FROM atlas_schema_revisions.atlas_schema_revisions WHERE version = '20240103120000'`,
    },
  },
  'liquibase/changelog.sql': { applied: ['0001_ada_1', '0002_ada_mood-and-touch'] },
  'graphile-migrate/migrations': { applied: ['000001_create-users', '000002_step-b'] },
  'tern/migrations': { applied: ['001_create_users', '002_mood'] },
  // Its first script, which makes its table, is no migration here.
  'mybatis/scripts': { applied: ['20240102120000_create_users'] },
  'rambler/migrations': { applied: ['01_users'] },
  'play-evolutions': {
    applied: ['1_evolution'],
    unfinished: { code: 'other-tool-failed', finish: 'DELETE FROM play_evolutions WHERE id = 2' },
  },
  'postgres-migrations/migrations': { applied: ['1_create_users', '2_mood'] },
  'alchemy/migrations': { applied: ['0001_users', '0002_mood'] },
  'db-migrate/migrations': { applied: ['20240101120000_create-users', '20240102120000_mood'] },
};
