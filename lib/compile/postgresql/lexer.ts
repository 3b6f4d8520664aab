/**
 * The lexical rules of PostgreSQL (`scan.l`). The parser package can scan too, but its answer is cut for tokens above 2 kB and is no valid
 * JSON for control characters, so what must hold for every file is done here, with the package as the oracle in tests.
 */
export interface Token {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
}

export type Kind =
  | 'comment' // -- to the end of the line
  | 'block-comment'
  | 'string' // all of '…' and its prefixes, $$…$$ apart
  | 'dollar'
  | 'word' // keywords and identifiers as written
  | 'quoted' // "…", U&"…"
  | 'number'
  | 'param' // $1
  | 'operator'
  | 'punctuation'
  | 'psql' // a command of psql: from the backslash to the end of the line
  | 'unterminated' // from where it begins to the end of the text
  | 'other';

/* Sticky: each is tried at the position of the lexer. A letter is an ASCII letter, `_` or anything beyond ASCII, as in PostgreSQL. */
const WORD = /[A-Za-z_\u0080-\uffff][A-Za-z0-9_$\u0080-\uffff]*/y;
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y;
const PARAM = /\$\d+/y;
const NUMBER =
  /0[xX](?:_?[0-9A-Fa-f])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*(?:\.(?!\.)(?:\d(?:_?\d)*)?)?|\.\d(?:_?\d)*)(?:[eE][+-]?\d(?:_?\d)*)?/y;
const PSQL_COMMAND = /\\[^\n]*/y;
const LINE_COMMENT = /--[^\n\r]*/y;
/** Between two parts of one literal: white space and comments with at least one line end. */
const CONTINUED = /[ \t\f\v]*(?:--[^\n\r]*)?[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y;
const OPERATOR = /[~!@#^&|`?+\-*/%<>=]+/y;

/** Reads a text token by token, comments among them, white space not. Never fails: what does not end becomes the last token. */
export class Lexer {
  readonly #text: string;
  #at = 0;
  /** Where the quote stands that continues the literal before it, when that one was `E'…'`. */
  #escapedAt = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Go on from another place. */
  skipTo(offset: number): void {
    this.#at = offset;
  }

  next(): Token | undefined {
    const text = this.#text;
    let start = this.#at;
    while (isSpace(text.charCodeAt(start))) start++;
    if (start >= text.length) return undefined;
    this.#at = start;
    const token = this.#token(start);
    this.#at = token.end;
    return token;
  }

  #token(start: number): Token {
    const text = this.#text;
    const char = text[start]!;
    const after = text[start + 1];
    if (isLetter(text.charCodeAt(start))) return this.#word(start, char, after);
    if (char === "'") return this.#string(start, start, start === this.#escapedAt);
    if (char === '"') return token('quoted', start, quotedEnd(text, start + 1, '"'), text);
    if (char === '-' && after === '-') return token('comment', start, this.#match(LINE_COMMENT)!, text);
    if (char === '/' && after === '*') return token('block-comment', start, blockCommentEnd(text, start), text);
    if (char === '\\') return token('psql', start, this.#match(PSQL_COMMAND)!, text);
    if (char === '$') return this.#dollar(start);
    if (isDigit(char) || (char === '.' && isDigit(after))) return token('number', start, this.#match(NUMBER)!, text);
    if (char === ':' && (after === ':' || after === '=')) return token('operator', start, start + 2, text);
    if (char === '.' && after === '.') return token('operator', start, start + 2, text);
    if (',()[].;:'.includes(char)) return token('punctuation', start, start + 1, text);
    const operator = this.#match(OPERATOR);
    if (operator !== undefined) return token('operator', start, operatorEnd(text, start, operator), text);
    return token('other', start, start + 1, text);
  }

  /** A word, or a literal or name that a letter introduces. */
  #word(start: number, char: string, after: string | undefined): Token {
    if (after === "'" && 'nN'.includes(char)) return this.#string(start, start + 1, false);
    // Of bits and bytes a doubled quote is no part: the second one begins another literal.
    if (after === "'" && 'bBxX'.includes(char)) {
      return token('string', start, this.#text.indexOf("'", start + 2) + 1 || -1, this.#text);
    }
    if (after === "'" && 'eE'.includes(char)) return this.#string(start, start + 1, true);
    if (after === '&' && 'uU'.includes(char)) {
      const quote = this.#text[start + 2];
      if (quote === "'") return this.#string(start, start + 2, false);
      if (quote === '"') return token('quoted', start, quotedEnd(this.#text, start + 3, '"'), this.#text);
    }
    return token('word', start, this.#match(WORD)!, this.#text);
  }

  #dollar(start: number): Token {
    const text = this.#text;
    const param = this.#match(PARAM);
    if (param !== undefined) return token('param', start, param, text);
    const tag = this.#match(DOLLAR_TAG);
    if (tag === undefined) return token('other', start, start + 1, text);
    const close = text.indexOf(text.slice(start, tag), tag);
    return token('dollar', start, close < 0 ? -1 : close + tag - start, text);
  }

  #string(start: number, quote: number, escaped: boolean): Token {
    const text = this.#text;
    const end = escaped ? escapedEnd(text, quote + 1) : quotedEnd(text, quote + 1, "'");
    if (escaped && end >= 0) this.#escapedAt = (this.#match(CONTINUED, end) ?? 0) - 1;
    return token('string', start, end, text);
  }

  #match(pattern: RegExp, from = this.#at): number | undefined {
    pattern.lastIndex = from;
    return pattern.test(this.#text) ? pattern.lastIndex : undefined;
  }
}

/** A token; one whose end was not found goes to the end of the text. */
function token(kind: Kind, start: number, end: number, text: string): Token {
  return end < 0 ? { kind: 'unterminated', start, end: text.length } : { kind, start, end };
}

function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code >= 128;
}

function isDigit(char: string | undefined): boolean {
  return char !== undefined && char >= '0' && char <= '9';
}

/** All tokens of a text. */
export function lex(text: string): Token[] {
  const lexer = new Lexer(text);
  const tokens: Token[] = [];
  for (let token = lexer.next(); token; token = lexer.next()) tokens.push(token);
  return tokens;
}

export function isComment({ kind }: Token): boolean {
  return kind === 'comment' || kind === 'block-comment';
}

/** End of what is quoted, where the quote itself is written twice; -1 where it does not end. By hand: a pattern would keep a stack of megabytes. */
function quotedEnd(text: string, from: number, quote: string): number {
  for (let at = text.indexOf(quote, from); at >= 0; at = text.indexOf(quote, at + 2)) {
    if (text[at + 1] !== quote) return at + 1;
  }
  return -1;
}

/** The same for `E'…'`, where a backslash takes the next character along. */
function escapedEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === "'") {
      if (text[at + 1] !== "'") return at + 1;
      at++;
    }
  }
  return -1;
}

/** Block comments nest; -1 where it does not end. */
function blockCommentEnd(text: string, start: number): number {
  const EDGE = /\/\*|\*\//g;
  EDGE.lastIndex = start + 2;
  for (let depth = 1; ; ) {
    const edge = EDGE.exec(text);
    if (!edge) return -1;
    depth += edge[0] === '/*' ? 1 : -1;
    if (depth === 0) return EDGE.lastIndex;
  }
}

/** An operator ends before a comment, and does not end in `+` or `-` unless it holds one of the characters that SQL itself does not use. */
function operatorEnd(text: string, start: number, end: number): number {
  let operator = text.slice(start, end);
  const comment = /--|\/\*/.exec(operator);
  if (comment) operator = operator.slice(0, comment.index);
  if (!/[~!@#^&|`?%]/.test(operator))
    while (operator.length > 1 && /[+-]$/.test(operator)) operator = operator.slice(0, -1);
  return start + operator.length;
}
