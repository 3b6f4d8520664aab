import { type Head, isSet } from '../../engine/mysql/statement/statement-kind.ts';
import { stands, type Word } from '../../engine/mysql/statement/words.ts';
import { isSelfContained } from './service-scanner.ts';

/** Functions whose answer depends on their arguments alone, or on the database and its server. `IN (…)` and its like look as they do. */
const REPEATABLE = new Set(
  `concat concat_ws cast convert char if ifnull coalesce nullif replace upper lower ucase lcase left right substring substr substring_index
  mid trim ltrim rtrim lpad rpad repeat reverse space length char_length quote hex unhex md5 sha1 sha2 abs floor ceil ceiling round greatest
  least mod pow json_object json_array elt field find_in_set instr locate format date_format str_to_date makedate date timestamp
  database schema version current_user user session_user system_user in and or not between like`.split(/\s+/),
);

/**
 * The words of a statement that it evaluates itself, in its session. The body of a routine, trigger or event needs nothing of the session that
 * creates it, and neither does the query of a view.
 */
export function evaluatedWords(words: readonly Word[], { verb, what, next }: Head): readonly Word[] {
  if (verb !== 'create' && verb !== 'alter') return words;
  if (what === 'event') {
    const body = words.findIndex(({ sign }, at) => at >= next && sign === 'do');
    return body < 0 ? words : words.slice(0, body);
  }
  return /^(procedure|function|trigger|view)$/.test(what) ? words.slice(0, next) : words;
}

/** One `name = value` of a SET. */
export interface Assignment {
  /** Lower-cased, of a variable of the server; undefined: a user variable, NAMES and their like. */
  readonly name: string | undefined;
  /** For the session, not for the server. */
  readonly session: boolean;
  /** Its words: from, and up to the comma behind it. */
  readonly from: number;
  readonly to: number;
}

/** What a SET of the session assigns, in order; nothing for other statements. */
export function assignmentsOf(words: readonly Word[]): Assignment[] {
  if (!isSet(words)) return [];
  const found: Assignment[] = [];
  let global = false;
  for (let from = 1; from < words.length; ) {
    const to = assignmentEnd(words, from);
    let at = from;
    // The word holds for those behind it too, the prefix does not.
    if (/^(session|local|global|persist|persist_only)$/.test(words[at]!.sign) && words[at + 1]?.name !== undefined) {
      global = !/^(session|local)$/.test(words[at]!.sign);
      at++;
    }
    const prefixed = stands(words, at, '@', '@');
    if (prefixed) at += 2;
    const scope = prefixed && words[at + 1]?.sign === '.' ? words[at]!.sign : undefined;
    if (scope) at += 2;
    const assigns = /^:?=$/.test(words[at + 1]?.sign ?? '');
    const name = assigns ? words[at]?.name?.toLowerCase() : undefined;
    found.push({ name, session: scope ? /^(session|local)$/.test(scope) : prefixed || !global, from, to });
    from = to + 1;
  }
  return found;
}

function assignmentEnd(words: readonly Word[], from: number): number {
  let depth = 0;
  for (let at = from; at < words.length; at++) {
    const { sign } = words[at]!;
    if (sign === '(') depth++;
    else if (sign === ')') depth--;
    else if (sign === ',' && depth === 0) return at;
  }
  return words.length;
}

/** The variables of the session that a SET gives values, lower-cased; none of the server's, and no @variables. */
export function settingsOf(words: readonly Word[]): string[] {
  return assignmentsOf(words).flatMap(({ name, session }) => (name !== undefined && session ? [name] : []));
}

/** Whether a SET gives the same value when it is executed again in another session. */
export function isReplayable(words: readonly Word[]): boolean {
  return words.every(
    ({ sign }, at) =>
      sign !== 'select' &&
      !(isCall(words, at) && !REPEATABLE.has(sign)) &&
      !(CLOCKS.test(sign) && words[at - 1]?.sign !== '@'),
  );
}

const AGGREGATES = new Set(
  'count max min sum avg group_concat json_arrayagg json_objectagg any_value exists'.split(' '),
);

/**
 * Whether a statement only reads, and leaves what it read in the session: SET of a query, SELECT … INTO variables. A function that is not known
 * may change rows.
 */
export function onlyReads(words: readonly Word[], { verb }: Head): boolean {
  if (!isSet(words) && !(verb === 'select' && words.some((_, at) => stands(words, at, 'into', '@')))) return false;
  if (words.some(({ sign }) => sign === 'update' || sign === 'share')) return false;
  return words.every(({ sign }, at) => !isCall(words, at) || REPEATABLE.has(sign) || AGGREGATES.has(sign));
}

/** Functions of the time that need no brackets. */
const CLOCKS = /^(current_(date|time|timestamp)|local(time|timestamp)|utc_(date|time|timestamp))$/;

function isCall(words: readonly Word[], at: number): boolean {
  const word = words[at]!;
  return word.name !== undefined && words[at + 1]?.sign === '(' && words[at + 1]!.token.start === word.token.end;
}

/** Functions and variables that answer about an earlier statement of the session. */
export function answersAboutEarlier(words: readonly Word[]): 'last_insert_id' | 'row_count' | 'found_rows' | undefined {
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
    /^(insert|replace|load|call|execute)$/.test(verb) ||
    settingsOf(words).some(name => /^(last_insert_id|identity)$/.test(name)) ||
    words.some((_, at) => stands(words, at, 'last_insert_id', '(') && words[at + 2]?.sign !== ')')
  );
}

/** What stands behind SET, without comments, so that it can share one with others; null: it cannot. */
export function assignments(text: string, words: readonly Word[]): string | null {
  if (words.some(({ sign }, at) => /^(global|persist|persist_only)$/.test(sign) || (sign === 'role' && at === 1)))
    return null;
  const found = textOf(text, words.slice(1));
  return isSelfContained(found) ? found : null;
}

/** Words as they stand in the text, one space where there was something between two. */
export function textOf(text: string, words: readonly Word[]): string {
  return words.reduce((all, { token }, at) => {
    const apart = at > 0 && words[at - 1]!.token.end < token.start;
    return `${all}${apart ? ' ' : ''}${text.slice(token.start, token.end)}`;
  }, '');
}
