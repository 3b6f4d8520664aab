import type { DatabaseError } from '../../core/database.ts';
import { advice } from '../advice/mysql.ts';
import type { Failure } from '../engine.ts';
import { editedHalfUndone, fixFrom, UNKNOWN_OUTCOME, unknownOutcome as unknown, whatStands } from '../failure.ts';

/** What is known of a statement that failed. */
export interface Failed {
  readonly code: string | null;
  readonly message: string;
  readonly statement: number;
  /** What to do, where more can be said than to fix the file. */
  readonly remedy?: string;
}

const EDITED_IN_FORCE = 'edited-in-force';
const LOST_SESSION = 'lost-session';
const TOO_LONG = 'statement-too-long';

/** A failure with what stands, and what to do. */
export function explain(name: string, direction: 'up' | 'down', { code, message, statement, remedy }: Failed): Failure {
  const target = direction === 'up' ? 'applied' : 'reverted';
  const plain = { code, message, detail: null, hint: null, statement };
  const stands = whatStands(target, statement);
  if (remedy !== undefined) return { ...plain, remedy };
  switch (code) {
    case UNKNOWN_OUTCOME:
      return { ...unknown(name, statement), message };
    case LOST_SESSION:
      return {
        ...plain,
        remedy: `${stands}: write statement ${statement} so that it needs nothing of that session, or do by hand what it does and say \`aurora-migrations resolve --migration ${name} --statement ${statement} --as done\``,
      };
    case TOO_LONG:
      return {
        ...plain,
        remedy: `${stands}: split it into several statements`,
      };
  }
  const told = advice(message);
  return { ...plain, remedy: told === null ? `${stands}: ${fixFrom(target, statement)}` : `${stands}. ${told}` };
}

export function unknownOutcome(statement: number): Failed {
  return { code: UNKNOWN_OUTCOME, message: unknown('', statement).message, statement };
}

/** Part of it may have been committed before it met a lock: it is not for a run to do it again. */
export function lockedWhileUnjudged(statement: number, { errorCode }: DatabaseError): Failed {
  const number = errorCode === undefined ? '' : ` (error ${errorCode})`;
  return {
    code: UNKNOWN_OUTCOME,
    message: `statement ${statement} met a lock${number}, and nothing tells what of it was done before`,
    statement,
  };
}

/** The Data API takes no longer text. */
export const LONGEST_STATEMENT = 65_536;

export function tooLong(statement: number, length: number): Failed {
  return {
    code: TOO_LONG,
    message: `statement ${statement} has ${length} characters, and what is sent as it is may have ${LONGEST_STATEMENT}`,
    statement,
  };
}

/** @param edited the statement; null: nobody stored which */
export function editedDone(name: string, direction: 'up' | 'down', done: number, edited: number | null): Failed {
  if (direction === 'down') {
    const { code, message } = editedHalfUndone(name, done, edited);
    return { code: code!, message, statement: edited ?? done };
  }
  if (edited === null) {
    return {
      code: EDITED_IN_FORCE,
      message: `one of the first ${done} statements was edited after an earlier run executed it`,
      statement: done,
      remedy: 'Put it back as it was and run again; what is executed is changed by a new migration',
    };
  }
  return {
    code: EDITED_IN_FORCE,
    message: `statement ${edited} was executed by an earlier run, and edited since`,
    statement: edited,
    remedy: `Put statement ${edited} back as it was and run again; what is executed is changed by a new migration`,
  };
}

/** Why a prepared text is not executed: only here it is known. */
export function refusedText(statement: number, words: string): Failed {
  return {
    code: 'prepared-text',
    message: `the prepared text is ${words}, which no migration executes`,
    statement,
    remedy: 'Take that text out: a migration is committed by its run, in the database that it migrates',
  };
}

export function lostSession(statement: number, what: string, to: number): Failed {
  return {
    code: LOST_SESSION,
    message: `statement ${statement} needs ${what}, which statement ${to} left in a session that has ended`,
    statement,
  };
}
