import type { Transaction } from '../../core/database.ts';
import type { ScriptFacts } from '../../core/manifest.ts';
import type { Run } from '../engine.ts';

// What a session carries, for it is one of a pool: others have used it, and others will.

/** Where a session keeps what was found in it; one that a dead run left still has it. The procedures read it too. */
const FOUND = '@aurora_migrations_was';
/** A variable that was NULL once takes what it is given for bytes. */
const FOUND_TEXT = `CONVERT(${FOUND} USING utf8mb4)`;

type Kind = 'text' | 'signed' | 'unsigned';

/** Made as in a new session, as the procedure makes them: what may do harm, and may be set without a right. */
const AS_NEW: readonly (readonly [name: string, kind: Kind])[] = [
  ['time_zone', 'text'],
  ['foreign_key_checks', 'signed'],
  ['unique_checks', 'signed'],
  ['sql_safe_updates', 'signed'],
  ['sql_notes', 'signed'],
  ['group_concat_max_len', 'unsigned'],
  ['default_storage_engine', 'text'],
  ['lc_time_names', 'text'],
  ['div_precision_increment', 'unsigned'],
  ['auto_increment_increment', 'unsigned'],
  ['auto_increment_offset', 'unsigned'],
  ['max_execution_time', 'unsigned'],
  ['default_week_format', 'unsigned'],
  ['cte_max_recursion_depth', 'unsigned'],
  ['completion_type', 'text'],
  ['sql_auto_is_null', 'signed'],
];

/** Those of them that a hint may set for one statement that changes rows, as an expression for the hints. */
export const HINTS = `CONCAT(${[
  ...['foreign_key_checks', 'unique_checks', 'sql_safe_updates', 'sql_auto_is_null', 'div_precision_increment'],
  ...['auto_increment_increment', 'auto_increment_offset', 'group_concat_max_len', 'cte_max_recursion_depth'],
]
  .map(name => `'SET_VAR(${name} = ', @@GLOBAL.${name}, ') '`)
  .join(', ')}, 'SET_VAR(time_zone = ', QUOTE(@@GLOBAL.time_zone), ')')`;

/** How the server reads and stores texts: left as the service has it, and put back where a migration sets it. No procedure could: it sets these for itself alone. */
const TEXTS: readonly (readonly [name: string, kind: Kind])[] = [
  ['sql_mode', 'text'],
  ['character_set_client', 'text'],
  ['character_set_results', 'text'],
  ['collation_connection', 'text'],
];

/** Left as the service has it too: it does not touch what a migration does. */
const READING = [...TEXTS, ['sql_select_limit', 'unsigned']] as const;

/** Where the procedure puts how texts are to be read in the session that it leaves. */
const LEFT_TEXTS = 'CONVERT(@aurora_migrations_texts USING utf8mb4)';

/** An assignment of one of these, or of what else no procedure can put back. What `ours` keeps of them is no assignment. */
export const SETS_TEXTS =
  /sql_(mode|select_limit)\s*:?=|\bnames\s|character_set_\w+\s*:?=|character\s+set|charset\s|collation_connection\s*:?=/i;

const WAITS: readonly (readonly [name: string, kind: Kind])[] = [
  ['lock_wait_timeout', 'unsigned'],
  ['innodb_lock_wait_timeout', 'unsigned'],
];

/** The clock of a session, which stands still while this is set to another value. */
const CLOCK = 'SESSION timestamp = DEFAULT';

/** Seconds that a statement waits for a lock. */
export function lockSeconds({ lockTimeoutMs }: Run): number {
  return Math.max(1, Math.ceil(lockTimeoutMs / 1000));
}

/**
 * What makes a session ours, as assignments of one SET: keep what was found, then as in a new session, waiting for locks no longer than the
 * run may.
 */
export function ours(run: Run): string[] {
  const seconds = lockSeconds(run);
  const found = [...AS_NEW, ...READING, ...WAITS].map(
    ([name, kind]) =>
      `'$.${name}', ${kind === 'text' ? `@@SESSION.${name}` : `CAST(@@SESSION.${name} AS ${kind === 'signed' ? 'signed' : 'char'})`}`,
  );
  return [
    // Those of the procedure, which puts them back from here: autocommit is the service's own. What was found before stays.
    `${FOUND} = CAST(JSON_INSERT(COALESCE(${FOUND_TEXT}, '{}'), ${found.join(', ')}, '$.autocommit', 1) AS char)`,
    ...AS_NEW.map(([name]) => `SESSION ${name} = @@GLOBAL.${name}`),
    CLOCK,
    ...WAITS.map(([name]) => `SESSION ${name} = ${seconds}`),
  ];
}

/** A variable gets what was put into `source` for it; where that has nothing, it stays. */
function assigned([name, kind]: readonly [name: string, kind: Kind], source: string): string {
  const value = `JSON_UNQUOTE(JSON_EXTRACT(${source}, '$.${name}'))`;
  const typed = kind === 'text' ? `NULLIF(${value}, 'null')` : `CAST(${value} AS ${kind})`;
  return `SESSION ${name} = IF(JSON_CONTAINS_PATH(${source}, 'one', '$.${name}'), ${typed}, @@SESSION.${name})`;
}

/** Put back as they were found; how texts are stored too, by what reads them. */
const FOUND_AGAIN = new Set<string>([...AS_NEW, ...READING, ...WAITS].map(([name]) => name));

/** Of what a script sets besides: the default, as in a new session. Some have none, and are for one statement. */
export function others({ variables = [] }: ScriptFacts): string[] {
  return variables
    .filter(
      name =>
        !FOUND_AGAIN.has(name) &&
        !/^(character_set|collation|pseudo|rand_seed|gtid)_?|insert_id$|^identity$/.test(name),
    )
    .map(name => `SESSION ${name} = DEFAULT`);
}

/** Takes away the temporary tables that these statements make: nothing else can use them, for what comes next may be in another session. */
export function dropTemporary(
  { temporary = [] }: ScriptFacts,
  first = 1,
  last = Number.POSITIVE_INFINITY,
): string | null {
  const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``;
  const names = temporary
    .filter(({ statement }) => statement >= first && statement <= last)
    .map(({ schema, name }) => (schema === null ? quoted(name) : `${quoted(schema)}.${quoted(name)}`));
  return names.length === 0 ? null : `DROP TEMPORARY TABLE IF EXISTS ${[...new Set(names)].join(', ')}`;
}

/** For the procedure: what ends that which a script leaves in its session besides what is put back. */
export function ends(facts: ScriptFacts): string[] {
  const drop = dropTemporary(facts);
  return [...others(facts).map(one => `SET ${one}`), ...(drop === null ? [] : [drop])];
}

const restored = [...AS_NEW, ...READING, ...WAITS].map(one => assigned(one, FOUND_TEXT)).join(', ');

/** Put back what was found in a session, and the `others`. What cannot be put back goes with its session. */
export async function giveBack(execute: Transaction['execute'], others: Iterable<string>): Promise<void> {
  const put = (more: readonly string[]) =>
    execute({ sql: `SET ${[restored, CLOCK, ...more].join(', ')}, ${FOUND} = NULL`, effect: 'write' });
  const more = [...others];
  // One that the user may not set has not been set.
  await put(more)
    .catch(() => (more.length > 0 ? put([]) : []))
    .catch(() => undefined);
}

/** Puts back how texts were read. */
export const RESTORE_TEXTS = `SET ${TEXTS.map(one => assigned(one, FOUND_TEXT)).join(', ')}`;

const asFound = TEXTS.map(([name]) => `'$.${name}', @@SESSION.${name}`).join(', ');

/** Reads texts as the procedure has left it to be done; what was found before is kept. */
export const SET_TEXTS = `SET ${FOUND} = CAST(JSON_INSERT(${FOUND_TEXT}, ${asFound}) AS char), ${TEXTS.map(one => assigned(one, LEFT_TEXTS)).join(', ')}`;

/** Work in a session of these settings, within a transaction that pins it, and put back what was found. */
export async function inSession(
  execute: Transaction['execute'],
  settings: readonly string[],
  facts: ScriptFacts,
  work: () => Promise<void>,
): Promise<void> {
  try {
    for (const sql of settings) await execute({ sql, effect: 'write' });
    await work();
  } finally {
    // The error of the work is the one to tell.
    await giveBack(execute, others(facts));
  }
}
