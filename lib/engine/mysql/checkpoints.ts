import type { Statement } from '../../core/database.ts';
import type { Judge } from '../../core/manifest.ts';
import type { Run } from '../engine.ts';
import { INTERRUPTED } from '../failure.ts';
import { judged } from './definition-hash.ts';
import type { Failed } from './failure.ts';
import type { Naming } from './names.ts';
import type { Attempt } from './script-run.ts';

/** Statements that were sent, or may have been, and whose outcome is not recorded: the column `in_flight`. */
export interface InFlight {
  /** The checksum of each. */
  readonly checksums: readonly string[];
  /** `at`: the place in the list of the statement that it judges. */
  readonly judges: readonly (Judge & { readonly i: number; readonly at: number })[];
  readonly unjudged?: true;
  /** The numbers of the tables were seen. */
  readonly identity?: true;
  /** The values of the judges before, by their numbers. The checkpoint itself takes them. */
  readonly was?: Readonly<Record<string, string | null>>;
}

/** Where an attempt stands. */
export interface Checkpoint {
  readonly attempt: Attempt;
  readonly status: 'running' | 'done' | 'failed';
  /** Statements executed. */
  readonly done: number;
  /** `keepsOf`: what that attempt has in flight stays so. */
  readonly inFlight: InFlight | null | { readonly keepsOf: number };
  readonly failed?: Failed;
}

/** Columns of the rows that a checkpoint writes, as the JSON of its parameter holds them. */
const COLUMNS = `i int PATH '$.i', closes int PATH '$.closes', keeps int PATH '$.keeps',
  name varchar(200) CHARACTER SET ascii COLLATE ascii_bin PATH '$.name', attempt int PATH '$.attempt', direction varchar(4) PATH '$.direction',
  status varchar(16) PATH '$.status', version varchar(200) PATH '$.version', checksum char(64) PATH '$.checksum',
  statements_checksum char(64) PATH '$.statements_checksum', statements int PATH '$.statements', done int PATH '$.done',
  applied_checksum char(16) PATH '$.applied_checksum', in_flight json PATH '$.in_flight', ms bigint PATH '$.ms',
  error_code varchar(32) PATH '$.error_code', error_message text PATH '$.error_message', error_statement int PATH '$.error_statement',
  error_line int PATH '$.error_line', hook varchar(700) PATH '$.hook', requested_by text PATH '$.requested_by',
  tool_version varchar(64) PATH '$.tool_version'`;

/** Written by the last checkpoint of an attempt only: big, or a parameter of its own. */
const CONTENT = ['content', 'content_facts', 'revert_content', 'revert_facts', 'statement_checksums'] as const;

/**
 * The one statement that begins an attempt, moves it and finishes it, for several at once: finishes one migration and begins the next. It fails where the
 * lease is another run's: with an error whose text says so, for the service does not tell how many rows were changed.
 * @param identity whether the user may see the numbers of the tables
 */
export function checkpoint(named: Naming, run: Run, states: readonly Checkpoint[], identity: boolean): Statement {
  const rows = states.flatMap((state, at) => rowsOf(state, run, at, identity));
  const parameters: Record<string, string | null> = { run: run.runId, rows: JSON.stringify(rows) };
  const contents = states.map(contentOf);
  // In the outer SELECT: as a column of a derived table MySQL cuts a parameter to 65,535 bytes, silently.
  const content = CONTENT.map(column => {
    const cases = contents.flatMap((one, at) => {
      const value = one?.[column] ?? null;
      if (value === null) return [];
      parameters[`${column}${at}`] = value;
      return [`WHEN ${at} THEN :${column}${at}`];
    });
    return cases.length === 0 ? 'NULL' : `CASE t.i ${cases.join(' ')} END`;
  });
  const flights = states.flatMap(({ inFlight }) => (inFlight !== null && 'judges' in inFlight ? inFlight.judges : []));
  const sees = identity && flights.some(({ how }) => how === 'identity');
  const values = flights.length === 0 ? 'JSON_OBJECT()' : judged(`JSON_EXTRACT(t.in_flight, '$.judges')`, sees);
  return {
    sql: named(`INSERT INTO schema_migrations (name, attempt, direction, status, version, checksum, statements_checksum, statements,
        statements_applied, applied_checksum, in_flight, started_at, finished_at, execution_time_ms, error_code, error_message, error_statement,
        error_line, run_id, hook, requested_by, tool_version, ${CONTENT.join(', ')})
      SELECT t.name, t.attempt, t.direction, t.status, t.version, t.checksum, t.statements_checksum, t.statements, t.done, t.applied_checksum,
        CASE WHEN t.keeps IS NOT NULL THEN (SELECT k.in_flight FROM schema_migrations k WHERE k.name = t.name AND k.attempt = t.keeps)
          WHEN t.in_flight IS NULL OR JSON_CONTAINS_PATH(t.in_flight, 'one', '$.was') THEN CAST(t.in_flight AS char)
          ELSE CAST(JSON_SET(t.in_flight, '$.was', COALESCE(${values}, JSON_OBJECT())) AS char) END,
        UTC_TIMESTAMP(6) - INTERVAL COALESCE(t.ms, 0) * 1000 MICROSECOND, IF(t.status = 'running', NULL, UTC_TIMESTAMP(6)), t.ms,
        t.error_code, t.error_message, t.error_statement, t.error_line,
        IF(l.run_id <=> :run, l.run_id, UUID_TO_BIN(CONCAT('aurora-migrations fenced ', COALESCE(l.id, 'lease')))), t.hook, t.requested_by,
        t.tool_version, ${content.join(', ')}
      FROM JSON_TABLE(CAST(:rows AS json), '$[*]' COLUMNS (${COLUMNS})) t LEFT JOIN schema_migrations_lease l ON l.id = 'lease'
      ON DUPLICATE KEY UPDATE ${UPDATES}`),
    parameters,
    effect: 'write',
  };
}

/** Of a row that is there. One that is closed for a run that died keeps how far it was. */
const UPDATES = [
  ...['status', 'error_code', 'error_message', 'error_line'].map(column => [column, `VALUES(${column})`]),
  ['error_statement', 'IF(t.closes, schema_migrations.statements_applied + 1, VALUES(error_statement))'],
  ['finished_at', 'IF(t.closes, COALESCE(schema_migrations.finished_at, VALUES(finished_at)), VALUES(finished_at))'],
  ...['statements_applied', 'applied_checksum', 'in_flight', 'run_id', 'hook', 'requested_by', 'tool_version'].map(
    column => [column, `IF(t.closes, schema_migrations.${column}, VALUES(${column}))`],
  ),
  ...['execution_time_ms', ...CONTENT].map(column => [
    column,
    `COALESCE(VALUES(${column}), schema_migrations.${column})`,
  ]),
]
  .map(([column, value]) => `${column} = ${value}`)
  .join(', ');

/** The row of an attempt, and before it that of one whose run died: this run holds the lease. */
function rowsOf(
  { attempt, status, done, inFlight, failed }: Checkpoint,
  run: Run,
  i: number,
  identity: boolean,
): object[] {
  const { task, number, total, chain, startedAt, interrupts } = attempt;
  const { direction, name, version, checksum, statementsChecksum, script } = task;
  const own = {
    i,
    name,
    attempt: number,
    direction,
    status: status === 'done' ? (direction === 'up' ? 'applied' : 'reverted') : status,
    version,
    checksum,
    statements_checksum: statementsChecksum,
    statements: total,
    done,
    applied_checksum: chain[done],
    ...(inFlight !== null && 'keepsOf' in inFlight
      ? { keeps: inFlight.keepsOf }
      : { in_flight: inFlight && { ...inFlight, ...(identity && hasIdentity(inFlight) && { identity }) } }),
    ...(status !== 'running' && { ms: Date.now() - startedAt }),
    ...(failed && {
      error_code: failed.code,
      error_message: [...failed.message].slice(0, 4000).join(''),
      error_statement: failed.statement,
      error_line: script.facts.lines[failed.statement - 1] ?? null,
    }),
    hook: run.hook,
    requested_by: run.requestedBy,
    tool_version: run.toolVersion,
  };
  if (interrupts === null) return [own];
  const { code, message } = INTERRUPTED;
  const closed = { closes: 1, attempt: interrupts, status: 'failed', error_code: code, error_message: message };
  return [
    { ...own, in_flight: null, keeps: null, error_statement: null, error_line: null, ms: null, i: -1, ...closed },
    own,
  ];
}

function hasIdentity({ judges, was }: InFlight): boolean {
  return was === undefined && judges.some(({ how }) => how === 'identity');
}

function contentOf({
  attempt,
  status,
  done,
}: Checkpoint): Partial<Record<(typeof CONTENT)[number], string | null>> | null {
  const { direction, script, identity, downScript } = attempt.task;
  if (status === 'running' || (status === 'failed' && done === 0)) return null;
  const facts = JSON.stringify({ ...script.facts, ...identity });
  const failed = status === 'failed' && { statement_checksums: JSON.stringify(script.facts.sums.slice(0, done)) };
  if (direction === 'down') return { ...failed, revert_content: script.content, revert_facts: facts };
  return {
    ...failed,
    content: script.content,
    content_facts: facts,
    revert_content: downScript?.content ?? null,
    revert_facts: downScript && JSON.stringify(downScript.facts),
  };
}
