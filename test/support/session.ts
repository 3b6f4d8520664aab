import type { Database } from '../../lib/core/database.ts';

/** What a connection carries that a call may have left on it. */
export interface SessionState {
  readonly settings: Readonly<Record<string, string>>;
  readonly user: string;
  readonly temporary: readonly string[];
  readonly prepared: readonly string[];
  readonly cursors: readonly string[];
  readonly listening: readonly string[];
  readonly advisoryLocks: number;
}

/** Ask through the Data API: with a pool of one, of the connection that every call gets. */
export async function sessionState(database: Database): Promise<SessionState> {
  const [row] = await database.execute({
    effect: 'read',
    sql: `select pg_catalog.jsonb_build_object(
      'settings', (select pg_catalog.jsonb_object_agg(name, setting) from pg_catalog.pg_settings
        where context in ('user', 'superuser') and name not like '%.%' and name not in ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')),
      'user', current_user || ' ' || session_user,
      'temporary', (select coalesce(pg_catalog.jsonb_agg(relname order by relname), '[]') from pg_catalog.pg_class where relnamespace = pg_catalog.pg_my_temp_schema()),
      'prepared', (select coalesce(pg_catalog.jsonb_agg(name), '[]') from pg_catalog.pg_prepared_statements where from_sql),
      'cursors', (select coalesce(pg_catalog.jsonb_agg(name), '[]') from pg_catalog.pg_cursors where is_holdable),
      'listening', (select coalesce(pg_catalog.jsonb_agg(c), '[]') from pg_catalog.pg_listening_channels() c),
      'advisoryLocks', (select count(*) from pg_catalog.pg_locks where locktype = 'advisory' and pid = pg_catalog.pg_backend_pid())
    )::text`,
  });
  return JSON.parse(row![0]!) as SessionState;
}
