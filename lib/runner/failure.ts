import { DatabaseError, type Diagnostics } from '../core/database.ts';
import { MigrationError, type Problem } from '../core/errors.ts';
import { locate } from '../core/locate.ts';
import type { Migration, MigrationBody } from '../core/manifest.ts';
import type { FailureReport } from '../core/report.ts';
import type { AttemptRow, Engine, Failure } from '../engine/engine.ts';
import {
  fixFrom,
  INTERRUPTED,
  NOTHING_DONE,
  ROLLED_BACK,
  STILL_APPLIED,
  UNKNOWN_OUTCOME,
  unknownOutcome,
  withEarlierVersion,
} from '../engine/failure.ts';
import { NO_OUTCOME, noOutcome } from './lost-calls.ts';

const atomicRemedy = `${ROLLED_BACK}. Fix the file and run again`;

/**
 * A failure as people need it: with file, line and column, and what to do.
 * @param wasApplied an earlier version of the migration is applied
 */
export function reportFailure(
  migration: Migration,
  body: MigrationBody | null,
  failure: Failure,
  wasApplied = false,
): FailureReport {
  const { message, statement, atEnd, remedy } = failure;
  const at = body && statement !== null ? locate(body.up, statement, message) : null;
  const told = {
    ...failure,
    message: atEnd ? `${message} (after the last statement, when the migration ended)` : message,
    remedy: remedy ?? atomicRemedy,
  };
  return reported(told, wasApplied, { file: migration.file, ...at });
}

/** A report of a failure, whose place is null as far as it is not known. */
function reported(
  { code, message, detail, hint, statement, remedy }: Failure & Pick<FailureReport, 'remedy'>,
  wasApplied: boolean,
  { file = null, line = null, column = null }: Partial<Pick<FailureReport, 'file' | 'line' | 'column'>> = {},
): FailureReport {
  const told = wasApplied ? withEarlierVersion(remedy) : remedy;
  return { code, message, detail, hint, statement, file, line, column, remedy: told };
}

const TAKE_OVER =
  'The database holds objects that these migrations did not make. If it has everything up to a version already, take it over: `baseline --to VERSION`, or the option baseline';

/**
 * What exists already, before any migration of the folder is applied, was made by somebody else: the file is right. `begun`: one is applied.
 */
export function withTakeOver(failure: FailureReport, begun: boolean): FailureReport {
  const { code, message } = failure;
  const exists = EXISTS.includes(code ?? '') || /already exists|duplicate column/i.test(message);
  return exists && !begun ? { ...failure, remedy: TAKE_OVER } : failure;
}

/** SQLSTATEs of an existing schema, table, column, object, function; of MySQL: table, column. */
const EXISTS = ['42P06', '42P07', '42701', '42710', '42723', '42S01', '42S21'];

/** The same from the row of an earlier attempt. The place is that of the file as it was then, unless the file is still the same. */
export function reportFailedAttempt(
  engine: Engine,
  row: AttemptRow,
  migration: Migration,
  body: MigrationBody | null,
  wasApplied: boolean,
): FailureReport {
  const done = row.statementsApplied;
  const advice = engine.diagnostics.advise(row, 'up');
  const stands = done ? committed(done) : migration.mode === 'atomic' ? ROLLED_BACK : NOTHING_DONE;
  const isFileWrong = row.errorCode !== INTERRUPTED.code && row.checksum === migration.checksum;
  const goOn = isFileWrong
    ? `${stands}: ${fixFrom('applied', (done ?? 0) + 1)}`
    : `${stands}: run again, it goes on from there`;
  const failure: Failure = {
    ...(done ? { remedy: goOn } : {}),
    ...(advice !== null && { remedy: `${stands}. ${advice}` }),
    ...failureOf(row),
  };
  const unchanged = row.checksum === migration.checksum ? body : null;
  const report = reportFailure(migration, unchanged, failure, wasApplied);
  return { ...report, line: report.line ?? row.errorLine };
}

const be = (count: number) => (count === 1 ? 'is' : 'are');
const committed = (done: number) => `${done} of its statements ${be(done)} committed`;

/** The same of a migration that this code does not have: another deploy had it, or a branch. */
export function reportUnknownFailure(engine: Engine, row: AttemptRow, wasApplied: boolean): FailureReport {
  const done = row.statementsApplied ?? 0;
  const wasCut = row.status === 'running' || row.errorCode === INTERRUPTED.code;
  const failure = { ...failureOf(row), ...(wasCut && INTERRUPTED) };
  const goOn = `Deploy its ${wasCut ? '' : 'fixed '}file again: it goes on from there`;
  const fix = `Fix its file and deploy it again${wasApplied ? '' : ', or leave it out'}`;
  const next = engine.diagnostics.advise(row, 'up') ?? (done > 0 ? goOn : fix);
  const own = wasCut ? undefined : failure.remedy;
  const remedy = own ?? `${done > 0 ? committed(done) : NOTHING_DONE}. ${next}`;
  return reported({ ...failure, remedy }, wasApplied, { line: row.errorLine });
}

/** The same of an attempt to undo it. Its place is not told: of which text it would be, file or stored, the row does not say. */
export function reportFailedUndoing(engine: Engine, row: AttemptRow): FailureReport {
  const done = row.statementsApplied ?? 0;
  const failure = failureOf(row);
  const stands = done > 0 ? `${done} of its down section's statements ${be(done)} done` : STILL_APPLIED;
  const again = done > 0 ? 'Run `down` again: it goes on from there' : 'Fix its down section and run `down` again';
  const remedy = failure.remedy ?? `${stands}. ${engine.diagnostics.advise(row, 'down') ?? again}`;
  return reported({ ...failure, remedy }, false);
}

/** A failure as its row tells it. */
export function failureOf(row: AttemptRow): Failure {
  if (row.errorCode === UNKNOWN_OUTCOME && row.errorStatement !== null)
    return unknownOutcome(row.name, row.errorStatement);
  const atEnd = row.errorStatement !== null && row.errorStatement > (row.statements ?? 0);
  return {
    code: row.errorCode,
    message: row.errorMessage ?? 'no message was recorded',
    detail: row.errorDetail,
    hint: row.errorHint,
    statement: atEnd ? null : row.errorStatement,
    atEnd,
    ...(row.errorCode === INTERRUPTED.code && !row.statementsApplied && { remedy: INTERRUPTED.remedy }),
    ...(row.errorCode === NO_OUTCOME && { remedy: noOutcome(0, null).remedy! }),
  };
}

/** What stopped a run, where the database or the service said no to a statement of ours. */
export function toProblem(error: DatabaseError, { adviseError, lacksRight }: Diagnostics): Problem {
  const state = error.sqlState ? ` (SQLSTATE ${error.sqlState})` : '';
  const told = `${error.message}${state}`;
  const advice = error.remedy ?? adviseError(error) ?? error.hint;
  if (error.outcome === 'unknown') {
    const remedy = advice ?? 'Run again: it finds out what was done';
    return { code: 'no-answer', message: `The database did not answer: ${told}`, remedy };
  }
  if (error.passing !== null && error.passing !== 'propagation') {
    return {
      code: 'not-ready',
      message: `The database is not ready: ${told}`,
      remedy: advice ?? 'Run again when it is',
    };
  }
  const denied = lacksRight(error);
  return {
    code: denied ? 'no-right' : 'database',
    message: `The database refused: ${told}`,
    remedy: advice ?? (denied ? RIGHTS : 'Fix what it says and run again'),
  };
}

const RIGHTS = "Let the user of the secret own the tracking tables, or use the cluster's master user";

/** The error of a run that can do nothing at all. */
export function toMigrationError(error: unknown, diagnostics: Diagnostics): unknown {
  return error instanceof DatabaseError ? new MigrationError(toProblem(error, diagnostics), { cause: error }) : error;
}
