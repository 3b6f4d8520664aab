import { loadModule, type Node, parsePlPgSQLSync, parseSync, type RawStmt, SqlError } from '@libpg-query/parser';
import { Bytes } from './bytes.ts';

export type { Node };

/** A statement of a text. Offsets are UTF-16 offsets into it. */
export interface ParsedStatement {
  /** Right after the semicolon of the one before (comments come first), or the beginning. */
  readonly start: number;
  /** Where its semicolon stands, or the end of the text. */
  readonly end: number;
  readonly node: Node;
}

export interface SyntaxProblem {
  /** PostgreSQL's own words. */
  readonly message: string;
  /** Null where PostgreSQL gave no place. */
  readonly offset: number | null;
}

export const loadParser = loadModule;

/** Parse a text with PostgreSQL's grammar: its statements, or the one thing that stopped it. */
export function parse(text: string): readonly ParsedStatement[] | SyntaxProblem {
  // The package refuses the empty text, which to PostgreSQL is a script of no statements.
  if (text === '') return [];
  let stmts: readonly RawStmt[];
  try {
    stmts = parseSync(text).stmts ?? [];
  } catch (error) {
    return problem(error, text);
  }
  const bytes = new Bytes(text);
  return stmts.map(raw => {
    const start = raw.stmt_location ?? 0;
    return {
      start: bytes.offset(start),
      end: raw.stmt_len ? bytes.offset(start + raw.stmt_len) : text.length,
      node: raw.stmt!,
    };
  });
}

/** The tree of a PL/pgSQL body; undefined where it cannot be parsed. */
export function parseBody(body: string): unknown {
  let tag = 'body';
  while (body.includes(`$${tag}$`)) tag += '_';
  try {
    return parsePlPgSQLSync(`DO $${tag}$${body}$${tag}$`);
  } catch {
    return undefined;
  }
}

function problem(error: unknown, text: string): SyntaxProblem {
  if (error instanceof SqlError) {
    const position = error.sqlDetails?.cursorPosition ?? 0;
    // Counted in characters, and 0 both for the first one and for "no place".
    return { message: error.message, offset: position > 0 ? offsetOfCharacter(text, position) : null };
  }
  // The parser works on the stack of this process. About 7,000 terms joined by one operator fit; the server too gives up on 20,000.
  if (error instanceof RangeError) return { message: 'stack depth limit exceeded', offset: null };
  return { message: `the parser failed: ${error instanceof Error ? error.message : String(error)}`, offset: null };
}

function offsetOfCharacter(text: string, characters: number): number {
  let offset = 0;
  for (let seen = 0; seen < characters && offset < text.length; seen++) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}
