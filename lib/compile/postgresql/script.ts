import { isComment, Lexer, type Token } from './lexer.ts';

/** A script as psql would read it: what is SQL, what is meant for psql, and where its semicolons part it. */
export interface ScannedScript {
  /** Without comments and commands of psql. */
  readonly tokens: readonly Token[];
  /** Commands of psql: a backslash and the rest of its line. */
  readonly commands: readonly Command[];
  /** The text with commands of psql and the data lines of `COPY … FROM stdin` replaced by spaces, offset for offset. */
  readonly sql: string;
  /** Parts between semicolons outside of parentheses and `BEGIN ATOMIC … END`: what to look at when the whole does not parse. */
  readonly chunks: readonly Chunk[];
}

export interface Command {
  readonly start: number;
  readonly end: number;
  /** A statement has begun before it and not ended. */
  readonly inStatement: boolean;
}

export interface Chunk {
  readonly start: number;
  /** After its semicolon, if there is one. */
  readonly end: number;
}

export function scanScript(text: string): ScannedScript {
  const tokens: Token[] = [];
  const commands: Command[] = [];
  const chunks: Chunk[] = [];
  const blanks: Chunk[] = [];
  const nesting = new Nesting();
  const lexer = new Lexer(text);
  let chunkStart: number | undefined;
  for (let token = lexer.next(); token; token = lexer.next()) {
    if (isComment(token)) continue;
    if (token.kind === 'psql') {
      commands.push({ start: token.start, end: token.end, inStatement: chunkStart !== undefined });
      blanks.push(token);
      continue;
    }
    tokens.push(token);
    chunkStart ??= token.start;
    if (!nesting.closes(signOf(token, text))) continue;
    chunks.push({ start: chunkStart, end: token.end });
    if (nesting.readsStdin) {
      const end = dataEnd(text, token.end);
      blanks.push({ start: token.end, end });
      lexer.skipTo(end);
    }
    chunkStart = undefined;
    nesting.reset();
  }
  if (chunkStart !== undefined) chunks.push({ start: chunkStart, end: text.length });
  return { tokens, commands, chunks, sql: blank(text, blanks) };
}

/** A word in lower case, a sign as it is; '' for all else. Nothing that matters here is long. */
function signOf({ kind, start, end }: Token, text: string): string {
  if (kind === 'punctuation') return text[start]!;
  return kind === 'word' && end - start < 40 ? text.slice(start, end).toLowerCase() : '';
}

/** Decides which semicolon ends a statement, as psql does: depth of parentheses, and of BEGIN/CASE … END in the body of a routine. */
class Nesting {
  #parentheses = 0;
  #blocks = 0;
  #words: string[] = [];

  /** Takes the next word or sign (anything else as ''); true: it is the semicolon at the end of a statement. */
  closes(word: string): boolean {
    if (word === '(') this.#parentheses++;
    else if (word === ')') this.#parentheses = Math.max(0, this.#parentheses - 1);
    else if (word === 'begin' && this.#parentheses === 0 && this.#isRoutine()) this.#blocks++;
    else if (word === 'case' && this.#blocks > 0) this.#blocks++;
    else if (word === 'end' && this.#blocks > 0) this.#blocks--;
    if (word === ';') return this.#parentheses === 0 && this.#blocks === 0;
    if (this.#words.length < 1000) this.#words.push(word);
    return false;
  }

  reset(): void {
    this.#parentheses = 0;
    this.#blocks = 0;
    this.#words = [];
  }

  /** The statement is `COPY … FROM stdin`. */
  get readsStdin(): boolean {
    const words = this.#words;
    return words[0] === 'copy' && words.some((word, at) => word === 'from' && words[at + 1] === 'stdin');
  }

  #isRoutine(): boolean {
    const [create, ...rest] = this.#words.slice(0, 4);
    const what = rest[0] === 'or' && rest[1] === 'replace' ? rest[2] : rest[0];
    return create === 'create' && (what === 'function' || what === 'procedure');
  }
}

/** After the data lines of a COPY that ended at `from`: behind its `\.` line, or at the end of the text. */
function dataEnd(text: string, from: number): number {
  const END = /^\\\.\r?$/gm;
  END.lastIndex = from;
  return END.test(text) ? END.lastIndex : text.length;
}

function blank(text: string, parts: readonly Chunk[]): string {
  let result = '';
  let at = 0;
  for (const { start, end } of parts) {
    result += text.slice(at, start) + ' '.repeat(end - start);
    at = end;
  }
  return result + text.slice(at);
}
