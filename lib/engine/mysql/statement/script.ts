import { isComment, Lexer, type Token } from './lexer.ts';
import { Nesting } from './nesting.ts';

/** One statement: offsets into the script's text. */
export interface Statement {
  /** Offset of its first token. */
  readonly first: number;
  /** After its last token, the semicolon not among them. */
  readonly end: number;
  /** After its semicolon; a delimiter of the client is not part of it. */
  readonly close: number;
  /** Without comments. */
  readonly tokens: readonly Token[];
}

/** A script as the server and its client read it. */
export interface ScannedScript {
  readonly statements: readonly Statement[];
  /** What belongs to no statement and is no comment of the next one: `DELIMITER` lines, delimiters, semicolons after nothing. Their ends. */
  readonly strangers: readonly number[];
  readonly comments: readonly Token[];
  /** What neither server nor client, or only the client, understands. */
  readonly faults: readonly {
    readonly at: number;
    readonly kind: 'unterminated' | 'backslash' | 'bare-comment' | 'delimiter';
  }[];
}

/**
 * Split a script as the server splits a text of several statements: the bodies of routines, triggers and events stay whole. `DELIMITER` is
 * read as the `mysql` client reads it: what stands between two of its delimiters may still be several statements, as it is for the client.
 */
export function scanScript(text: string): ScannedScript {
  const lexer = new Lexer(text);
  const nesting = new Nesting();
  const statements: Statement[] = [];
  const strangers: number[] = [];
  const comments: Token[] = [];
  const faults: ScannedScript['faults'][number][] = [];
  let tokens: Token[] = [];

  const finish = (close: number) => {
    // Of a version comment that holds nothing only its brackets are left.
    const code = tokens.some(({ kind }) => kind !== 'open' && kind !== 'close' && kind !== 'hint');
    if (code) statements.push({ first: tokens[0]!.start, end: tokens.at(-1)!.end, close, tokens });
    else if (tokens.length > 0 || text[close - 1] === ';') strangers.push(close);
    tokens = [];
    nesting.reset();
  };

  for (;;) {
    lexer.dollars = nesting.dollars;
    const token = lexer.next(tokens.length === 0);
    if (!token) break;
    if (token.kind === 'bare-comment') faults.push({ at: token.start, kind: 'bare-comment' });
    if (isComment(token)) {
      comments.push(token);
      continue;
    }
    if (token.kind === 'unterminated' || token.kind === 'backslash') faults.push({ at: token.start, kind: token.kind });
    if (token.kind === 'delimiter') {
      // A comment before it is sent with the statement, as the client does: the server keeps it with a routine.
      if (tokens.length > 0) finish(text.slice(0, token.start).trimEnd().length);
      strangers.push(token.end);
      continue;
    }
    const word = signOf(text, token);
    if (tokens.length === 0 && word === 'delimiter') {
      const line = delimiterLine(text, token.end);
      if (!line.delimiter || line.delimiter.includes('\\')) faults.push({ at: token.start, kind: 'delimiter' });
      else lexer.delimiter = line.delimiter;
      lexer.skipTo(line.end);
      strangers.push(line.end);
      continue;
    }
    const bracket = token.kind === 'open' || token.kind === 'close' || token.kind === 'hint';
    if (!bracket && nesting.closes(word)) finish(token.end);
    else tokens.push(token);
  }
  if (tokens.length > 0) finish(tokens.at(-1)!.end);
  return { statements, strangers, comments, faults };
}

/** A token as the grammar sees it: words lower-cased, signs as they are, all else as a quote. */
export function signOf(text: string, { kind, start, end }: Token): string {
  if (kind === 'word') return end - start < 64 ? text.slice(start, end).toLowerCase() : "'";
  return kind === 'punctuation' || kind === 'operator' ? text.slice(start, end) : "'";
}

/** The argument of the client's command: the next word of its line, quotes taken off; the rest of the line is ignored. */
function delimiterLine(text: string, from: number): { delimiter: string | undefined; end: number } {
  const found = text.indexOf('\n', from);
  const end = found < 0 ? text.length : found;
  const line = text.slice(from, end).replace(/\r$/, '').trim();
  const [, , quoted, plain] = /^(?:(['"`])(.*?)\1|(\S+))/.exec(line) ?? [];
  return { delimiter: quoted ?? plain, end };
}
