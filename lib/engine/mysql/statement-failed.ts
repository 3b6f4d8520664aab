import type { InFlight } from './checkpoints.ts';
import type { Failed } from './failure.ts';

/** The run was told to stop in front of a statement. */
export class Stopped extends Error {
  readonly statement: number;

  constructor(statement: number) {
    super('stopped');
    this.statement = statement;
  }
}

/** A statement was refused by the database, or cannot be sent. `cause`: the error of the database. */
export class StatementFailed extends Error {
  readonly failed: Failed;
  /** What is then in flight. */
  readonly inFlight: InFlight | null | { readonly keepsOf: number };
  /** So many statements are committed; undefined: all before this one are executed, and those in the open transaction are kept. */
  readonly done: number | undefined;
  readonly isUnjudged: boolean;
  /** It was executed by an earlier attempt and edited since: nothing is recorded. */
  readonly isEdited: boolean;
  readonly sentText: string | undefined;

  constructor(
    failed: Failed,
    more: {
      inFlight?: InFlight | null | { readonly keepsOf: number };
      done?: number | undefined;
      isUnjudged?: boolean;
      isEdited?: boolean;
      sentText?: string | undefined;
      cause?: unknown;
    } = {},
  ) {
    super(failed.message, { cause: more.cause });
    this.failed = failed;
    this.inFlight = more.inFlight ?? null;
    this.done = more.done;
    this.isUnjudged = more.isUnjudged ?? false;
    this.isEdited = more.isEdited ?? false;
    this.sentText = more.sentText;
  }
}
