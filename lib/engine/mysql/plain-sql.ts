import type { Statement } from '../../core/database.ts';
import type { Ddl } from '../../core/manifest.ts';
import type { Failed } from './failure.ts';
import type { Naming } from './names.ts';
import { pictureOf } from './picture.ts';
import type { Task } from './task.ts';

/** Where an attempt stands: what is in force, and what is about to be sent. */
export interface Position {
  readonly done: number;
  /** `hash`: the picture before it, where an earlier attempt has taken it. `blind`: there is none, for the user may not see what it takes. */
  readonly mark: (Ddl & { readonly sum: string; readonly hash?: string | undefined; readonly blind?: boolean }) | null;
  readonly total: number;
}

/** Evaluated only where the lease is another run's: an error whose text says so, for the service does not tell how many rows were changed. */
const FENCE = `UUID_TO_BIN(CONCAT('aurora-migrations fenced ', l.id))`;

const ours = (value: string) => `IF(l.run_id <=> :run, ${value}, ${FENCE})`;

function markOf({ mark }: Position): { sql: string; parameters: Record<string, string> } {
  if (!mark) return { sql: 'NULL', parameters: {} };
  const { statement, truth, objects, sum, hash, blind } = mark;
  if (blind || hash !== undefined) {
    const known = { statement, truth, objects, sum, hash: blind ? null : hash };
    return { sql: 'CAST(:mark AS json)', parameters: { mark: JSON.stringify(known) } };
  }
  const picture = pictureOf({ truth, objects });
  return {
    sql: `JSON_SET(CAST(:mark AS json), '$.hash', ${picture.sql})`,
    parameters: { mark: JSON.stringify({ statement, truth, objects, sum }), ...picture.parameters },
  };
}

const statusOf = ({ target }: Task, { done, total, mark }: Position) => (done === total && !mark ? target : 'running');

const number = (value: number) => String(Math.trunc(value));

/** The row of an attempt that is to be written, and the one before it. */
export interface Attempt {
  readonly number: number;
  /** One before it still says that it is running: it belongs to a run that died, for this one holds the lease. */
  readonly interrupts: boolean;
}

/** Writes the row of a new attempt. */
export function begin(named: Naming, task: Task, attempt: Attempt, position: Position): Statement {
  const { sql, parameters } = insert(named, task, attempt, position, statusOf(task, position), null);
  const taken = `UUID_TO_BIN(CONCAT('aurora-migrations fenced ', attempt))`;
  const clash = attempt.interrupts ? ` ON DUPLICATE KEY UPDATE ${either(attempt, { status: taken })}` : '';
  return { sql: sql + clash, parameters: parameters ?? {}, effect: 'write' };
}

/** What is said of an attempt whose run died. */
const INTERRUPTED: Readonly<Record<string, string>> = {
  status: `'failed'`,
  finished_at: 'UTC_TIMESTAMP(6)',
  error_code: `'interrupted'`,
  error_message: `'the run ended before this migration did'`,
  error_statement: 'statements_applied + 1',
};

/** Of rows that are there: the own one gets what is given, one that was interrupted what is said of it. */
function either({ number }: Attempt, own: Readonly<Record<string, string>>): string {
  const columns = [...new Set([...Object.keys(INTERRUPTED), ...Object.keys(own)])];
  return columns
    .map(column => `${column} = IF(attempt = ${number}, ${own[column] ?? column}, ${INTERRUPTED[column] ?? column})`)
    .join(', ');
}

const COLUMNS = `name, attempt, version, checksum, statements_checksum, status, content, content_facts, revert_content, revert_facts, statements,
  statements_applied, picture, started_at, finished_at, execution_time_ms, error_code, error_message, error_statement, error_line, run_id, hook,
  requested_by, tool_version, target`;

function insert(
  named: Naming,
  task: Task,
  attempt: Attempt,
  position: Position,
  status: string,
  failed: Failed | null,
  keep = false,
): Statement {
  const { run, target, script, revert, name, version, checksum, statementsChecksum } = task;
  const mark = keep ? before(attempt) : markOf(position);
  const up = target === 'applied';
  const [finished, ms] = status === 'running' ? ['NULL', 'NULL'] : ['UTC_TIMESTAMP(6)', '0'];
  const row = `SELECT :name, ${number(attempt.number)}, :version, :checksum, :sum, ${ours(`'${status}'`)}, :content, :facts, :revert, :revertFacts,
        ${number(position.total)}, ${number(position.done)}, ${mark.sql}, UTC_TIMESTAMP(6), ${finished}, ${ms},
        :code, LEFT(:message, 4000), ${failed?.statement ?? 'NULL'}, ${lineOf(task, failed)}, :run, :hook, :by, :tool, '${target}'
      FROM schema_migrations_lease l WHERE l.id = 'lease' FOR UPDATE`;
  const interrupted = `SELECT ${COLUMNS} FROM schema_migrations p WHERE p.name = :name AND p.status = 'running' AND p.attempt < ${number(attempt.number)}`;
  return {
    sql: named(
      `INSERT INTO schema_migrations (${COLUMNS}) ${attempt.interrupts ? `(${row}) UNION ALL (${interrupted})` : row}`,
    ),
    parameters: {
      ...{
        name,
        version,
        checksum,
        sum: statementsChecksum,
        run: run.runId,
        hook: run.hook,
        by: run.requestedBy,
        tool: run.toolVersion,
      },
      content: up ? script.content : null,
      facts: up ? JSON.stringify(script.facts) : null,
      revert: up ? (revert?.content ?? null) : script.content,
      revertFacts: up ? (revert ? JSON.stringify(revert.facts) : null) : JSON.stringify(script.facts),
      code: failed?.code ?? null,
      message: failed?.message ?? null,
      ...mark.parameters,
    },
    effect: 'write',
  };
}

/** What the attempt before has left open, is open still. */
function before({ number: nth }: Attempt): ReturnType<typeof markOf> {
  const sql = `(SELECT b.picture FROM schema_migrations b WHERE b.name = :name AND b.attempt = ${number(nth - 1)})`;
  return { sql, parameters: {} };
}

function lineOf({ script }: Task, failed: Failed | null): string {
  return String(failed ? (script.facts.lines[failed.statement - 1] ?? 'NULL') : 'NULL');
}

/** Moves the checkpoint of an attempt, and renews the lease. */
export function checkpoint(named: Naming, task: Task, attempt: number, position: Position): Statement {
  const { run, name } = task;
  const mark = markOf(position);
  const status = statusOf(task, position);
  const finished =
    status === 'running'
      ? ''
      : `, h.finished_at = UTC_TIMESTAMP(6), h.execution_time_ms = TIMESTAMPDIFF(MICROSECOND, h.started_at, UTC_TIMESTAMP(6)) DIV 1000`;
  return {
    sql: named(`UPDATE schema_migrations h JOIN schema_migrations_lease l ON l.id = 'lease'
      SET h.status = ${ours(`'${status}'`)}, h.statements_applied = ${number(position.done)}, h.picture = ${mark.sql}${finished},
        l.migration = :name, l.expires_at = UTC_TIMESTAMP(6) + INTERVAL CAST(:lease AS unsigned) * 1000 MICROSECOND
      WHERE h.name = :name AND h.attempt = ${number(attempt)}`),
    parameters: { run: run.runId, name, lease: number(run.leaseMs), ...mark.parameters },
    effect: 'write',
  };
}

/**
 * Writes down that an attempt failed: in its row, or in a new one where that was rolled back with the first statement, or never written. `keep`:
 * nothing has become clear of a statement that may have been sent.
 */
export function record(
  named: Naming,
  task: Task,
  attempt: Attempt,
  { failed, keep, ...position }: Position & { readonly failed: Failed; readonly keep: boolean },
): Statement {
  const { sql, parameters } = insert(named, task, attempt, position, 'failed', failed, keep);
  const own = {
    status: `'failed'`,
    statements_applied: number(position.done),
    finished_at: 'UTC_TIMESTAMP(6)',
    execution_time_ms: 'TIMESTAMPDIFF(MICROSECOND, started_at, UTC_TIMESTAMP(6)) DIV 1000',
    error_code: ':code',
    error_message: 'LEFT(:message, 4000)',
    error_statement: number(failed.statement),
    error_line: lineOf(task, failed),
    ...(keep ? {} : { picture: 'NULL' }),
  };
  return {
    sql: `${sql} ON DUPLICATE KEY UPDATE ${either(attempt, own)}`,
    parameters: parameters ?? {},
    effect: 'write',
  };
}
