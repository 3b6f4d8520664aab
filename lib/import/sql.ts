import { scanScript as scanPostgresql } from '../compile/postgresql/script.ts';
import type { EngineName } from '../core/manifest.ts';
import { scanScript as scanMysql } from '../engine/mysql/statement/script.ts';

/** A statement of a text, as offsets into it. */
export interface StatementRange {
  readonly start: number;
  /** After its semicolon, if it has one. */
  readonly end: number;
  /** Its first tokens, words in lower case. */
  readonly words: readonly string[];
}

/** Tokens that tell which kind of statement it is. */
const MAX_WORDS = 40;

/** The statements of a text, split by the lexer of the engine. A text that its grammar does not take is split as well as it can be. */
export function statementsIn(text: string, engine: EngineName): StatementRange[] {
  if (engine === 'mysql')
    return scanMysql(text).statements.map(({ first, close, tokens }) => range(text, first, close, tokens));
  const { chunks, tokens } = scanPostgresql(text);
  let next = 0;
  return chunks.flatMap(({ start, end }) => {
    const from = next;
    while (next < tokens.length && tokens[next]!.start < end) next++;
    const own = tokens.slice(from, next);
    return own.length === 1 && text[own[0]!.start] === ';' ? [] : [range(text, start, end, own)];
  });
}

/** Whether a text holds any statement. */
export function hasStatements(text: string, engine: EngineName): boolean {
  return statementsIn(text, engine).length > 0;
}

function range(
  text: string,
  start: number,
  end: number,
  tokens: readonly { readonly start: number; readonly end: number }[],
): StatementRange {
  const words = tokens.slice(0, MAX_WORDS).map(token => text.slice(token.start, token.end).toLowerCase());
  return { start, end, words };
}
