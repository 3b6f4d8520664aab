import type { Failure } from '../engine.ts';
import { ER } from './errors.ts';

/** What is known of a statement that failed. */
export interface Failed {
  readonly code: string | null;
  readonly message: string;
  readonly statement: number;
}

export const UNKNOWN_OUTCOME = 'unknown-outcome';
export const EDITED_IN_FORCE = 'edited-in-force';
export const LOST_SESSION = 'lost-session';

/** A failure with what is in force, and what to do. */
export function explain(name: string, target: 'applied' | 'reverted', { code, message, statement }: Failed): Failure {
  const plain = { code, message, detail: null, hint: null, statement };
  const resolve = `aurora-migrations resolve --migration ${name} --statement ${statement} --as`;
  switch (code) {
    case UNKNOWN_OUTCOME:
      return {
        ...plain,
        remedy: `Look at the database, then say what you found: \`${resolve} done\` or \`${resolve} not-done\``,
      };
    case LOST_SESSION:
      return {
        ...plain,
        remedy: `${inForce(statement)}: write statement ${statement} so that it needs nothing of that session, or do by hand what it does and say \`${resolve} done\``,
      };
    case EDITED_IN_FORCE:
      return {
        ...plain,
        remedy: `Put statement ${statement} back as it was and run again; what is in force is changed by a new migration`,
      };
  }
  const advice = message.includes(`(error ${ER.UNSUPPORTED_PS})`)
    ? ': this Data API cannot execute such a statement; create what it creates through another connection, and take it out'
    : message.includes(`(error ${ER.LOCK_WAIT_TIMEOUT})`)
      ? ': something holds a lock on what this statement changes; try again when it has ended, or raise lockTimeout (--lock-timeout)'
      : target === 'applied'
        ? `: mend the file from statement ${statement} on and run again, it goes on there`
        : `: mend its down section from statement ${statement} on and run again, it goes on there`;
  return { ...plain, remedy: inForce(statement) + advice };
}

function inForce(statement: number): string {
  if (statement === 1) return 'Nothing of it is in force';
  return statement === 2 ? 'Statement 1 is in force' : `Statements 1 to ${statement - 1} are in force`;
}

export function unknownOutcome(statement: number): Failed {
  return {
    code: UNKNOWN_OUTCOME,
    message: `the run ended while statement ${statement} was at work, and nothing tells whether it was done`,
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
