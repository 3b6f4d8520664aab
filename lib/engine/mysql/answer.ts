import type { Row } from '../../core/database.ts';
import type { AttemptRow } from '../engine.ts';
import { explain } from './failure.ts';
import type { Outcome, Task } from './task.ts';

/** What the witness answers where the rows of a CALL come back, and what its row says where they do not. */
export interface Stand {
  readonly status: string;
  readonly attempt: number;
  readonly done: number;
  readonly ms: number;
  /** How texts are to be read in the session that was left; null: that is not told. */
  readonly texts: string | null;
}

/** The last row is ours; rows of the migration's own SELECTs may come before it, or instead of it. */
export function answerIn(rows: readonly Row[]): Stand | undefined {
  const text = rows.at(-1)?.[0];
  if (!text?.startsWith('{')) return undefined;
  try {
    const value = JSON.parse(text) as Partial<Stand>;
    if (typeof value.attempt !== 'number' || typeof value.done !== 'number' || typeof value.status !== 'string')
      return undefined;
    const { status, attempt, done, ms = 0, texts = null } = value;
    return { status, attempt, done, ms, texts };
  } catch {
    return undefined;
  }
}

/** The same from the row. */
export function standOf({ status, attempt, statementsApplied, executionTimeMs }: AttemptRow): Stand {
  return { status, attempt, done: statementsApplied ?? 0, ms: executionTimeMs ?? 0, texts: null };
}

/** A failure that the witness has written down. */
export function failedAs({ name, target }: Task, row: AttemptRow): Outcome {
  const { attempt, executionTimeMs, errorCode: code, errorMessage } = row;
  const failed = { code, message: errorMessage ?? '', statement: row.errorStatement ?? 1 };
  return { status: 'failed', attempt, executionTimeMs: executionTimeMs ?? 0, failure: explain(name, target, failed) };
}
