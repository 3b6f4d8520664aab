import type { DatabaseError } from '../../core/database.ts';
import type { Failure } from '../engine.ts';
import { fixFrom, type Target, UNKNOWN_OUTCOME, unknownOutcome as unknown, whatStands } from '../failure.ts';
import { advice } from './advice.ts';

/** What is known of a statement that failed. */
export interface Failed {
  readonly code: string | null;
  readonly message: string;
  readonly statement: number;
}

const EDITED_IN_FORCE = 'edited-in-force';
const LOST_SESSION = 'lost-session';
const TOO_LONG = 'statement-too-long';

/** A failure with what stands, and what to do. */
export function explain(name: string, target: Target, { code, message, statement }: Failed): Failure {
  const plain = { code, message, detail: null, hint: null, statement };
  const stands = whatStands(target, statement);
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
        remedy: `${stands}: shorten it, or grant the user CREATE ROUTINE, for the procedure takes longer ones`,
      };
    case EDITED_IN_FORCE:
      return {
        ...plain,
        remedy: `Put statement ${statement} back as it was and run again; what is in force is changed by a new migration`,
      };
  }
  const told = advice(message);
  return { ...plain, remedy: told === null ? `${stands}: ${fixFrom(target, statement)}` : `${stands}. ${told}` };
}

export function unknownOutcome(statement: number): Failed {
  return { code: UNKNOWN_OUTCOME, message: unknown('', statement).message, statement };
}

/** Part of it may have been committed before it met a lock: it is not for a run to do it again. */
export function lockedAtUnknown(statement: number, { errorCode }: DatabaseError): Failed {
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

export function editedInForce(statement: number): Failed {
  return {
    code: EDITED_IN_FORCE,
    message: `statement ${statement} was done by an earlier run, and edited since`,
    statement,
  };
}

export function lostSession(statement: number, what: string, to: number): Failed {
  return {
    code: LOST_SESSION,
    message: `statement ${statement} needs ${what}, which statement ${to} left in a session that has ended`,
    statement,
  };
}
