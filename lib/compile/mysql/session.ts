import { isSet } from '../../engine/mysql/statement/statement-kind.ts';
import { stands, type Word } from '../../engine/mysql/statement/words.ts';
import { isSelfContained } from './service-scanner.ts';

/** Functions whose answer depends on their arguments alone. */
const PURE = new Set(
  'concat concat_ws cast convert char if ifnull coalesce nullif replace upper lower left right substring trim json_object json_array'.split(
    ' ',
  ),
);

/** The variables of the session that a SET gives values, lower-cased; none of the server's, and no @variables. */
export function settingsOf(words: readonly Word[]): string[] {
  if (!isSet(words)) return [];
  const found: string[] = [];
  let depth = 0;
  let global = false;
  for (let at = 1, begins = true; at < words.length; at++) {
    const { sign } = words[at]!;
    if (begins) {
      // The word holds for those behind it too, the prefix does not.
      if (/^(session|local|global|persist|persist_only)$/.test(sign) && words[at + 1]?.name !== undefined) {
        global = !/^(session|local)$/.test(sign);
        at++;
      }
      const prefixed = stands(words, at, '@', '@');
      if (prefixed) at += 2;
      const scope = prefixed && words[at + 1]?.sign === '.' ? words[at]!.sign : undefined;
      if (scope) at += 2;
      const name = words[at]?.name?.toLowerCase();
      const assigns = /^:?=$/.test(words[at + 1]?.sign ?? '');
      if (name && assigns && (scope ? /^(session|local)$/.test(scope) : prefixed || !global)) found.push(name);
    }
    const now = words[at]?.sign;
    if (now === '(') depth++;
    if (now === ')') depth--;
    begins = depth === 0 && now === ',';
  }
  return found;
}

/** Whether a SET gives the same value when it is executed again in another session. */
export function isReplayable(words: readonly Word[]): boolean {
  return words.every(
    ({ sign }, at) =>
      sign !== 'select' &&
      !(isCall(words, at) && !PURE.has(sign)) &&
      !(CLOCKS.test(sign) && words[at - 1]?.sign !== '@'),
  );
}

/** Functions of the time that need no brackets. */
const CLOCKS = /^(current_(date|time|timestamp)|local(time|timestamp)|utc_(date|time|timestamp))$/;

function isCall(words: readonly Word[], at: number): boolean {
  const word = words[at]!;
  return word.name !== undefined && words[at + 1]?.sign === '(' && words[at + 1]!.token.start === word.token.end;
}

/** Calls of functions that answer about the statement before, and variables that do. */
export function asksOfLast(words: readonly Word[]): 'last_insert_id' | 'row_count' | 'found_rows' | undefined {
  for (const [at, { sign, name }] of words.entries()) {
    if (/^(last_insert_id|identity)$/i.test(name ?? '') && isRead(words, at)) return 'last_insert_id';
    if (!/^(last_insert_id|row_count|found_rows)$/.test(sign) || !stands(words, at + 1, '(', ')')) continue;
    return sign as 'last_insert_id';
  }
  return undefined;
}

/** `@@name`, `@@session.name`, and nothing is assigned to it. */
function isRead(words: readonly Word[], at: number): boolean {
  const first = words[at - 1]?.sign === '.' ? at - 2 : at;
  return stands(words, first - 2, '@', '@') && !(words[0]?.sign === 'set' && /^:?=$/.test(words[at + 1]?.sign ?? ''));
}

/** Whether LAST_INSERT_ID() answers about this statement afterwards. */
export function setsLastId(words: readonly Word[], verb: string): boolean {
  return (
    /^(insert|replace|load|call)$/.test(verb) ||
    words.some((_, at) => stands(words, at, 'last_insert_id', '(') && words[at + 2]?.sign !== ')')
  );
}

/** User variables that a statement reads or writes, lower-cased, and those that it certainly writes. */
export function variables(words: readonly Word[]): { named: Set<string>; written: Set<string> } {
  const named = new Set<string>();
  const written = new Set<string>();
  const set = words[0]?.sign === 'set';
  let into = false;
  for (const [at, { sign }] of words.entries()) {
    if (sign === 'into') into = true;
    else if (into && !/^[@,]$/.test(sign) && words[at - 1]?.sign !== '@') into = false;
    if (sign !== '@' || words[at - 1]?.sign === '@' || words[at + 1]?.sign === '@') continue;
    // name@host
    const before = words[at - 1];
    const joined = before !== undefined && before.token.end === words[at]!.token.start;
    if (joined && (before.name !== undefined || before.token.kind === 'string')) continue;
    const name = words[at + 1]?.name?.toLowerCase();
    if (name === undefined) continue;
    named.add(name);
    const next = words[at + 2]?.sign;
    if (next === ':=' || into || (set && next === '=' && /^(set|,)$/.test(words[at - 1]!.sign))) written.add(name);
  }
  return { named, written };
}

/** What stands behind SET, without comments, so that it can share one with others; null: it cannot. */
export function assignments(text: string, words: readonly Word[]): string | null {
  if (words.some(({ sign }, at) => /^(global|persist|persist_only)$/.test(sign) || (sign === 'role' && at === 1)))
    return null;
  const found = words.slice(1).reduce((all, { token }, at) => {
    const apart = at > 0 && words[at]!.token.end < token.start;
    return `${all}${apart ? ' ' : ''}${text.slice(token.start, token.end)}`;
  }, '');
  return isSelfContained(found) ? found : null;
}
