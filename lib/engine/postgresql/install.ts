import { type Database, DatabaseError } from '../../core/database.ts';
import type { Migration } from '../../core/manifest.ts';
import { triggerFailed } from '../advice/postgresql.ts';
import type { Run } from '../engine.ts';
import { withCleanSession } from './clean-session.ts';
import { checkVersion, REFUSE_UNSUPPORTED, UNSUPPORTED } from './server-version.ts';

/**
 * Make the tracking tables: the whole script in one call, as the body of a DO in single quotes (the Data API looks for parameters in
 * dollar quotes). The lock comes first: `IF NOT EXISTS` alone fails when two first runs meet. Before it, the role and the search path that
 * another call may have left: what is made belongs to the user who migrates, and is made of PostgreSQL's own types. The schema is looked for,
 * because `CREATE SCHEMA IF NOT EXISTS` wants the right to make one even where it exists.
 */
export async function install(
  database: Database,
  named: (sql: string) => string,
  schema: string,
  { migration, content, run }: { migration: Migration; content: string; run: Run },
): Promise<void> {
  const body = `DECLARE called pg_catalog.text; told pg_catalog.text; advised pg_catalog.text; of pg_catalog.text;
BEGIN
${REFUSE_UNSUPPORTED}
PERFORM pg_catalog.set_config('role', 'none', true), pg_catalog.set_config('search_path', 'pg_catalog', true);
PERFORM pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtext('aurora-migrations'), pg_catalog.hashtext('${schema}'));
${schema === 'public' ? '' : `IF pg_catalog.to_regnamespace('"${schema}"') IS NULL THEN CREATE SCHEMA "${schema}"; END IF;`}
${named(content)}
${named(`INSERT INTO public.schema_migrations (name, attempt, direction, version, checksum, statements_checksum, status, statements, statements_applied,
    started_at, finished_at, execution_time_ms, run_id, hook, requested_by, tool_version)
  SELECT v.name, coalesce(max(h.attempt), 0) + 1, 'up', ${literal(migration.version)}, ${literal(migration.checksum)},
    ${literal(migration.statementsChecksum)}, 'applied', ${migration.statements}, ${migration.statements}, pg_catalog.transaction_timestamp(),
    pg_catalog.clock_timestamp(), (extract(epoch FROM pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) * 1000.0)::int8,
    ${literal(run.runId)}, ${literal(run.hook)}, ${literal(run.requestedBy)}, ${literal(run.toolVersion)}
  FROM (SELECT ${literal(migration.name)} AS name) v LEFT JOIN public.schema_migrations h ON h.name = v.name
  GROUP BY v.name
  HAVING count(*) FILTER (WHERE h.statements_checksum = ${literal(migration.statementsChecksum)}) = 0`)};
EXCEPTION WHEN OTHERS THEN
  GET STACKED DIAGNOSTICS called = PG_EXCEPTION_CONTEXT, told = MESSAGE_TEXT, advised = PG_EXCEPTION_HINT, of = RETURNED_SQLSTATE;
  called = pg_catalog.substring(called, 'PL/pgSQL function [^()]+[(][)] line [0-9]+');
  IF called IS NULL THEN RAISE; END IF;
  RAISE EXCEPTION USING MESSAGE = told, ERRCODE = of, HINT = pg_catalog.concat_ws(' ', CASE WHEN pg_catalog.length(advised) OPERATOR(pg_catalog.>) 0 THEN advised END, called);
END`;
  try {
    await withCleanSession(database, { sql: `DO ${literal(body)}`, effect: 'write' });
  } catch (error) {
    if (error instanceof DatabaseError && error.sqlState === UNSUPPORTED) checkVersion(error.message);
    throw error instanceof DatabaseError && error.outcome === 'failed' ? namingTrigger(error) : error;
  }
}

/**
 * The same error; where the function of an event trigger failed, which runs for each table that is made, with what to do about it. The hint
 * names it: of PostgreSQL's CONTEXT the Data API tells nothing.
 */
function namingTrigger(error: DatabaseError): DatabaseError {
  const { message, outcome, service, sqlState, detail } = error;
  const found = / ?PL\/pgSQL function ([^()]+\(\)) line \d+$/.exec(error.hint ?? '');
  const called = found?.[1];
  if (called === undefined) return error;
  const hint = error.hint?.slice(0, found?.index) || undefined;
  const remedy = triggerFailed('An event trigger', called);
  return new DatabaseError(message, { outcome, service, sqlState, detail, hint, remedy, cause: error });
}

/** A text within single quotes. Backslashes mean something where `standard_conforming_strings` is off, so there are none. */
function literal(text: string | null): string {
  return text === null ? 'NULL' : `'${text.replaceAll('\\', '/').replaceAll("'", "''")}'`;
}
