import { scanScript } from './script.ts';
import { headOf } from './statement-kind.ts';
import { stands, type Word, wordsOf } from './words.ts';

/** PREPARE, EXECUTE or DEALLOCATE, which the run executes itself. Source: https://dev.mysql.com/doc/refman/8.0/en/sql-prepared-statements.html */
export type PreparedStatement =
  /** The text stands in a user variable, or in the statement. */
  | {
      readonly verb: 'prepare';
      readonly name: string;
      readonly from: { readonly variable: string } | { readonly text: string };
    }
  /** `using`: user variables, in the order of the question marks. */
  | { readonly verb: 'execute'; readonly name: string; readonly using: readonly string[] }
  | { readonly verb: 'deallocate'; readonly name: string };

/** Reads such a statement; undefined: it is none, or the server would not understand it. */
export function preparedStatementOf(text: string, words: readonly Word[]): PreparedStatement | undefined {
  const [first, second, third, fourth, fifth] = words;
  const name = second?.name?.toLowerCase();
  if (first?.sign === 'prepare' && name !== undefined && third?.sign === 'from') {
    if (fourth?.sign === '@' && fifth?.name !== undefined && words.length === 5)
      return { verb: 'prepare', name, from: { variable: fifth.name } };
    if (fourth?.token.kind !== 'string' || words.length !== 4) return undefined;
    return {
      verb: 'prepare',
      name,
      from: { text: unquoted(text.slice(fourth.token.start, fourth.token.end)) },
    };
  }
  if (first?.sign === 'execute' && name !== undefined) {
    if (words.length > 2 && third?.sign !== 'using') return undefined;
    const using = words.flatMap((word, at) => (at > 2 && words[at - 1]!.sign === '@' ? [word.name ?? ''] : []));
    return { verb: 'execute', name, using };
  }
  const deallocates = first?.sign === 'deallocate' || (first?.sign === 'drop' && second?.sign === 'prepare');
  const dropped = stands(words, 1, 'prepare') ? third?.name?.toLowerCase() : undefined;
  return deallocates && dropped !== undefined ? { verb: 'deallocate', name: dropped } : undefined;
}

/** The value of a string as the server reads it, in its default SQL mode. Source: https://dev.mysql.com/doc/refman/8.0/en/string-literals.html */
function unquoted(literal: string): string {
  const quote = literal.at(-1)!;
  const inner = literal.slice(literal.indexOf(quote) + 1, -1).replaceAll(quote + quote, quote);
  return inner.replace(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  b: '\b',
  n: '\n',
  r: '\r',
  t: '\t',
  Z: '\x1a',
  '%': '\\%',
  _: '\\_',
};

/**
 * A prepared text with user variables in the place of its question marks. `values`: of the variables, as texts; LIMIT takes no variable, so the value
 * stands there.
 */
export function withVariables(text: string, using: readonly string[], values: readonly (string | null)[]): string {
  const statement = scanScript(text).statements[0];
  if (!statement || using.length === 0) return text;
  let sent = '';
  let from = 0;
  let nth = 0;
  const words = wordsOf(text, statement);
  for (const [at, { token }] of words.entries()) {
    if (text.slice(token.start, token.end) !== '?') continue;
    const inLimit = isLimit(words, at);
    const name = using[nth] ?? '';
    sent += text.slice(from, token.start) + (inLimit ? (values[nth] ?? 'NULL') : `@\`${name.replaceAll('`', '``')}\``);
    from = token.end;
    nth++;
  }
  return sent + text.slice(from);
}

/** `LIMIT ?`, `LIMIT 1, ?`, `LIMIT 1 OFFSET ?` */
function isLimit(words: readonly Word[], at: number): boolean {
  const before = words[at - 1]?.sign ?? '';
  return /^(limit|offset)$/.test(before) || (before === ',' && words[at - 3]?.sign === 'limit');
}

/** The one statement of a text, without what stands around it; undefined: it holds none. */
export function readStatement(text: string): { sql: string; words: Word[] } | undefined {
  const statement = scanScript(text).statements[0];
  if (!statement) return undefined;
  const sql = text.slice(statement.first, statement.end);
  // The places of its words are those in the text that is given back.
  return statement.first > 0 ? readStatement(sql) : { sql, words: wordsOf(text, statement) };
}

/** Whether a statement reads and changes nothing: `DO 0`, `SELECT 'nothing to do'`. */
export function isNoOperation(words: readonly Word[]): boolean {
  const { verb } = headOf(words);
  return (verb === 'do' || verb === 'select') && !words.some(({ sign }) => /^(\(|from|into|@|:=)$/.test(sign));
}
