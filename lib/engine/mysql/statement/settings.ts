import type { ScriptFacts } from '../../../core/manifest.ts';

/**
 * The SETs of a script before a statement, as few statements as they can be. `own` assignments go with the first.
 * @param sqlOf a statement of the script as it is sent
 */
export function settingsBefore(
  { session, assignments = [] }: ScriptFacts,
  statement: number,
  own: readonly string[],
  sqlOf: (statement: number) => string,
): string[] {
  const found: string[] = [];
  let shared = [...own];
  const flush = () => {
    if (shared.length > 0) found.push(`SET ${shared.join(', ')}`);
    shared = [];
  };
  for (const [at, number] of session.entries()) {
    if (number >= statement) break;
    const text = assignments[at] ?? null;
    if (text === null || READS_VARIABLE.test(text)) flush();
    if (text === null) found.push(sqlOf(number));
    else {
      const before = shared.indexOf(text);
      if (before >= 0 && shared.slice(before).every(one => PLAIN.test(one))) shared.splice(before, 1);
      shared.push(text);
    }
  }
  flush();
  return found;
}

/** Reads a user variable: within one SET it would not see what the same SET gives it. */
const READS_VARIABLE = /=[^,]*(?<!@)@(?!@)/;

/** Gives variables values that depend on nothing: said again later, it need not be said before. */
const PLAIN = /^(?:(?:session )?\w+ ?= ?(?:'[^'\\]*'|\w+)(?:, |$))+$/i;
