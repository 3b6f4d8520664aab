import type { Failure } from './engine.ts';

// What both engines say of a migration, or of its undoing, that goes statement by statement.

export type Target = 'applied' | 'reverted';

/** Of an attempt that did not come to its end: no failure of its migration. */
export const INTERRUPTED = {
  code: 'interrupted',
  message: 'the run ended before this migration did',
  remedy: 'Run again: it goes on with what is left',
};

export const UNKNOWN_OUTCOME = 'unknown-outcome';

/** Nothing tells whether that statement was done: a person has to look. */
export function unknownOutcome(name: string, statement: number): Failure {
  const resolve = `aurora-migrations resolve --migration ${name} --statement ${statement} --as`;
  return {
    code: UNKNOWN_OUTCOME,
    message: `the run ended while statement ${statement} was at work, and nothing tells whether it was done`,
    detail: null,
    hint: null,
    statement,
    remedy: `Look at the database, then say what you found: \`${resolve} done\` or \`${resolve} not-done\``,
  };
}

/** What is true after an attempt in one transaction that failed. */
export const ROLLED_BACK = 'It was rolled back completely';

/** What is true after an attempt to undo a migration that did nothing. */
export const STILL_APPLIED = 'It is still applied';

/** What is true after an attempt of which no statement was done. */
export const NOTHING_DONE = 'Nothing of it was committed';

/** The remedy of an attempt to apply an edited migration again: what was applied before is not undone by its failure. */
export function withEarlierVersion(remedy: string): string {
  const start = [ROLLED_BACK, NOTHING_DONE].find(words => remedy.startsWith(words));
  return start === undefined
    ? `The earlier version is applied, as far as this attempt left it. ${remedy}`
    : `${start}, and the earlier version is still applied${remedy.slice(start.length)}`;
}

/** What of it is done where `statement` failed. */
export function whatStands(target: Target, statement: number): string {
  const applied = target === 'applied';
  if (statement <= 1) return applied ? NOTHING_DONE : STILL_APPLIED;
  const [what, verb] = statement === 2 ? ['Statement 1', 'is'] : [`Statements 1 to ${statement - 1}`, 'are'];
  return applied ? `${what} ${verb} committed` : `${what} of its down section ${verb} done`;
}

/** What to do where `statement` failed for a reason that lies in the file. */
export function fixFrom(target: Target, statement: number): string {
  return target === 'applied'
    ? `fix the file from statement ${statement} on and run again, it goes on there`
    : `fix that from statement ${statement} on and run \`down\` again, it goes on there`;
}

/** What was done of a down section is no longer what the file says. `edited`: the statement; null: nobody stored which. */
export function editedHalfUndone(name: string, done: number, edited: number | null): Failure {
  const which = edited === null ? 'one of them' : `statement ${edited}`;
  return {
    code: 'edited-half-undone',
    message: `${done} statements of the down section of ${name} are done, and ${which} was edited since`,
    detail: null,
    hint: null,
    statement: edited,
    remedy: `Put ${which} back as it was and fix the rest, then run \`down\` again`,
  };
}
