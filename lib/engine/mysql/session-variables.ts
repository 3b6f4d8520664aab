import type { ScriptFacts } from '../../core/manifest.ts';
import type { Run } from '../engine.ts';
import type { Naming } from './names.ts';

// A session of the service belongs to a pool: others have used it before, and others will use it afterwards.

type Type = 'char' | 'signed' | 'unsigned';
type Variables = Readonly<Record<string, Type>>;

/** Set as in a new session: what could do harm to a migration, and what every user may set. */
const AS_NEW: Variables = {
  time_zone: 'char',
  foreign_key_checks: 'signed',
  unique_checks: 'signed',
  sql_safe_updates: 'signed',
  sql_notes: 'signed',
  group_concat_max_len: 'unsigned',
  default_storage_engine: 'char',
  lc_time_names: 'char',
  div_precision_increment: 'unsigned',
  auto_increment_increment: 'unsigned',
  auto_increment_offset: 'unsigned',
  max_execution_time: 'unsigned',
  default_week_format: 'unsigned',
  cte_max_recursion_depth: 'unsigned',
  completion_type: 'char',
  sql_auto_is_null: 'signed',
};

/** Left as the service has them, and put back where a migration sets them. */
const AS_FOUND: Variables = {
  sql_mode: 'char',
  character_set_client: 'char',
  character_set_results: 'char',
  collation_connection: 'char',
  sql_select_limit: 'unsigned',
};

/** Seconds that a statement waits for a lock. */
const LOCK_WAITS: Variables = { lock_wait_timeout: 'unsigned', innodb_lock_wait_timeout: 'unsigned' };

const PUT_BACK: Variables = { ...AS_NEW, ...AS_FOUND, ...LOCK_WAITS };

/** What was found in the session. A variable that was NULL once takes what it is given for bytes. */
const FOUND = 'CONVERT(@aurora_migrations_was USING utf8mb4)';

/** The clock of a session stands still while this has a value. */
const CLOCK = 'SESSION timestamp = DEFAULT';

/**
 * The name of the lock that the pinned session holds as long as it is ours: a later run ends exactly this session, for a connection id may be
 * used again.
 */
export const SESSION_LOCK = `CONCAT('aurora-migrations ', LEFT(SHA2(CONCAT(DATABASE(), ' schema_migrations'), 256), 40))`;

export function lockSeconds({ lockTimeoutMs }: Run): number {
  return Math.max(1, Math.ceil(lockTimeoutMs / 1000));
}

/** Assignments of the SET that makes a session ours: keep what was found, take the lock, be as a new session. */
export function entering(named: Naming, run: Run): string[] {
  const lock = named(SESSION_LOCK);
  const found = Object.keys(PUT_BACK).map(name => `'${name}', @@SESSION.${name}`);
  return [
    `@aurora_migrations_was = CAST(JSON_MERGE_PATCH(JSON_OBJECT(${found.join(', ')}), COALESCE(${FOUND}, '{}')) AS char)`,
    // A session that was just ended needs a moment. Not to get the lock is an error, so that nothing follows it.
    `@aurora_migrations_lock = IF(IS_USED_LOCK(${lock}) <=> CONNECTION_ID() OR GET_LOCK(${lock}, 2), 1,
      UUID_TO_BIN(CONCAT('aurora-migrations held ', CONNECTION_ID())))`,
    ...asNew(run),
  ];
}

function asNew(run: Run): string[] {
  return [
    ...Object.keys(AS_NEW).map(name => `SESSION ${name} = @@GLOBAL.${name}`),
    ...Object.keys(LOCK_WAITS).map(name => `SESSION ${name} = ${lockSeconds(run)}`),
    CLOCK,
  ];
}

function asFound(variables: Variables): string[] {
  return Object.entries(variables).map(([name, type]) => {
    const value = `JSON_UNQUOTE(JSON_EXTRACT(${FOUND}, '$.${name}'))`;
    return `SESSION ${name} = ${type === 'char' ? `NULLIF(${value}, 'null')` : `CAST(${value} AS ${type})`}`;
  });
}

/** Assignments that end what a script has left: its user variables and settings. Between two scripts of a run. */
export function ending(run: Run, facts: ScriptFacts): string[] {
  return [...forgetting(facts), ...asFound(AS_FOUND), ...asNew(run)];
}

/** Assignments that give a session back as it was found, and then the lock. */
export function leaving(named: Naming, facts: ScriptFacts | null): string[] {
  return [
    ...(facts ? forgetting(facts) : []),
    ...asFound(PUT_BACK),
    CLOCK,
    `@aurora_migrations_lock = RELEASE_LOCK(${named(SESSION_LOCK)})`,
    '@aurora_migrations_was = NULL',
  ];
}

function forgetting({ variables = [], userVariables = [] }: ScriptFacts): string[] {
  return [
    ...variables.filter(name => !(name in PUT_BACK) && !NO_DEFAULT.test(name)).map(name => `SESSION ${name} = DEFAULT`),
    ...userVariables.map(name => `@\`${name.replaceAll('`', '``')}\` = NULL`),
  ];
}

/** Variables that are for one statement, or follow others that are put back. */
const NO_DEFAULT = /^(character_set|collation|pseudo|rand_seed|gtid)_?|insert_id$|^identity$|^timestamp$/;

/** Takes away the temporary tables that a script makes; null: it makes none. */
export function dropTemporary({ temporary = [] }: ScriptFacts): string | null {
  const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``;
  const names = temporary.map(({ schema, name }) => `${schema === null ? '' : `${quoted(schema)}.`}${quoted(name)}`);
  return names.length === 0 ? null : `DROP TEMPORARY TABLE IF EXISTS ${[...new Set(names)].join(', ')}`;
}
