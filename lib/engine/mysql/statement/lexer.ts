/**
 * The lexical rules of MySQL's server (`sql_lex.cc`), in its default SQL mode. The libraries at hand were tried and fail on `#` comments, on
 * `DELIMITER` or on backslashes; server and client are the oracles in tests.
 */
export interface Token {
  readonly kind: Kind;
  readonly start: number;
  readonly end: number;
}

export type Kind =
  | 'comment' // `-- ` and `#`, to the end of the line
  | 'block-comment' // also a version comment for a server that there is not
  | 'hint' // an optimizer hint, which is a comment that counts
  | 'open' // the beginning of a version comment, `/*!80000`: what follows is code
  | 'close' // its end
  | 'string' // '…' and "…", with the x, b or n before it
  | 'quoted' // `…`
  | 'dollar' // $$…$$, where the lexer was told that one may stand
  | 'word' // keywords, identifiers, numbers
  | 'operator'
  | 'punctuation'
  | 'delimiter' // that of the client's DELIMITER
  | 'backslash' // a command of the client: from the backslash to the end of the line
  | 'bare-comment' // `--x` where a statement would begin: the client's comment, two signs for the server
  | 'unterminated' // from where it begins to the end of the text
  | 'other';

/** Servers have lower numbers; what asks for a higher one is a comment: MariaDB's begin at 100000, and 99999 is written to mean never. */
const NEWEST_SERVER = 99_998;

/* Sticky: each is tried at the position of the lexer. A word may begin with a digit, and hold any character beyond ASCII. */
const SPACE = /[ \t\n\r\f\v]+/y;
const WORD = /[A-Za-z0-9_$\u0080-\uffff]+/y;
const LINE_COMMENT = /[^\n]*/y;
const VERSION_OPEN = /\/\*!(\d{5,6})?/y;
const DOLLAR_TAG = /\$[A-Za-z0-9_\u0080-\uffff]*\$/y;
const OPERATOR = /<=>|->>|<=|>=|<>|!=|:=|\|\||&&|<<|>>|->|[-+*/%<>=!~^&|:]/y;
/** `--` begins a comment before white space, a control character or the end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is the server's rule
const DASHES = /--(?=[\x00-\x20\x7f]|$)/y;

/** Reads a text token by token, comments among them, white space not. Never fails: what does not end becomes the last token. */
export class Lexer {
  readonly #text: string;
  #at = 0;
  #inVersion = false;
  /** What ends a statement for the client; `;` is a sign like others. */
  delimiter = ';';
  /** A `$$…$$` may begin here: after the AS of a routine in another language. */
  dollars = false;

  constructor(text: string) {
    this.#text = text;
  }

  /** Go on from another place. */
  skipTo(offset: number): void {
    this.#at = offset;
  }

  /** @param fresh no statement has begun yet */
  next(fresh = false): Token | undefined {
    this.#at = this.#match(SPACE) ?? this.#at;
    const start = this.#at;
    if (start >= this.#text.length) return undefined;
    const token = this.#token(start, fresh);
    this.#at = token.end;
    return token;
  }

  #token(start: number, fresh: boolean): Token {
    const text = this.#text;
    const char = text[start]!;
    const after = text[start + 1];
    const token = (kind: Kind, end: number): Token =>
      end < 0 ? { kind: 'unterminated', start, end: text.length } : { kind, start, end };

    if (this.delimiter !== ';' && text.startsWith(this.delimiter, start)) {
      return token('delimiter', start + this.delimiter.length);
    }
    if (char === "'" || char === '"') return token('string', quotedEnd(text, start, true));
    if (after === "'" && 'xXbBnN'.includes(char)) return token('string', quotedEnd(text, start + 1, true));
    if (char === '`') return token('quoted', quotedEnd(text, start, false));
    if (char === '#') return token('comment', this.#match(LINE_COMMENT)!);
    if (char === '-' && after === '-') {
      if (this.#match(DASHES) !== undefined) return token('comment', this.#match(LINE_COMMENT)!);
      if (fresh) return token('bare-comment', this.#match(LINE_COMMENT)!);
    }
    if (char === '/' && after === '*') return this.#blockComment(start, fresh);
    if (char === '*' && after === '/' && this.#inVersion) {
      this.#inVersion = false;
      return token('close', start + 2);
    }
    if (char === '\\') return token('backslash', this.#match(LINE_COMMENT)!);
    if (char === '$' && this.dollars) {
      const tag = this.#match(DOLLAR_TAG);
      if (tag !== undefined) {
        const close = text.indexOf(text.slice(start, tag), tag);
        return token('dollar', close < 0 ? -1 : close + tag - start);
      }
    }
    const word = this.#match(WORD);
    if (word !== undefined) return token('word', this.#cut(start, word));
    if (',().;@{}?'.includes(char)) return token('punctuation', start + 1);
    const operator = this.#match(OPERATOR);
    if (operator !== undefined) return token('operator', this.#cut(start, operator));
    return token('other', start + 1);
  }

  #blockComment(start: number, fresh: boolean): Token {
    const text = this.#text;
    const comment = (end: number, kind: Kind = 'block-comment'): Token =>
      end < 0 ? { kind: 'unterminated', start, end: text.length } : { kind, start, end };
    // No statement begins with a hint: before one it is a comment.
    if (text[start + 2] === '+') return comment(commentEnd(text, start + 2), fresh ? 'block-comment' : 'hint');
    const open = this.#match(VERSION_OPEN);
    if (open === undefined) return comment(commentEnd(text, start + 2));
    if (Number(text.slice(start + 3, open)) > NEWEST_SERVER) return comment(skippedEnd(text, open));
    // One within another: what ends the inner one ends both.
    this.#inVersion = true;
    return { kind: 'open', start, end: open };
  }

  /** The client sees its delimiter in the middle of a word too: `END$$`. */
  #cut(start: number, end: number): number {
    if (this.delimiter === ';') return end;
    const found = this.#text.slice(start, end + this.delimiter.length - 1).indexOf(this.delimiter);
    return found < 0 ? end : start + found;
  }

  #match(pattern: RegExp): number | undefined {
    pattern.lastIndex = this.#at;
    return pattern.test(this.#text) ? pattern.lastIndex : undefined;
  }
}

/** White space for the server, as far as statements go. */
export function isComment({ kind }: Token): boolean {
  return kind === 'comment' || kind === 'block-comment' || kind === 'bare-comment';
}

/** End of a comment, from behind its beginning; -1 where it does not end. */
function commentEnd(text: string, from: number): number {
  const end = text.indexOf('*/', from);
  return end < 0 ? end : end + 2;
}

/** The same of a version comment for a server that there is not: it may hold comments, which hold none. */
function skippedEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('*/', at)) return at + 2;
    if (!text.startsWith('/*', at)) continue;
    const end = commentEnd(text, at + 2);
    if (end < 0) return end;
    at = end - 1;
  }
  return -1;
}

/** End of what is quoted, where the quote itself is written twice, or after a backslash; -1 where it does not end. */
function quotedEnd(text: string, start: number, backslashes: boolean): number {
  const quote = text[start]!;
  for (let at = start + 1; at < text.length; at++) {
    if (backslashes && text[at] === '\\') at++;
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at + 1;
      at++;
    }
  }
  return -1;
}
