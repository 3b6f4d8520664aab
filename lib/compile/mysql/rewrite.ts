import { Lexer } from './lexer.ts';

/**
 * A statement with the same meaning in which a scanner finds less that looks like a parameter: a space after the colon of a label, a doubled
 * quote for one with a backslash, no comments. The server keeps comments in the text of a routine; these are lost then.
 */
export function withoutParameters(sql: string): string {
  const lexer = new Lexer(sql);
  let out = '';
  let at = 0;
  for (let token = lexer.next(); token; token = lexer.next()) {
    out += sql.slice(at, token.start);
    at = token.end;
    const text = sql.slice(token.start, token.end);
    if (token.kind === 'comment' || token.kind === 'block-comment') out += ' ';
    else if (token.kind === 'string') out += withoutEscapedQuotes(text);
    else if (text === ':' && /\w/.test(sql[token.end] ?? '') && /[\w`]/.test(sql[token.start - 1] ?? '')) out += ': ';
    else out += text;
  }
  return out + sql.slice(at);
}

function withoutEscapedQuotes(text: string): string {
  const quote = text.at(-1)!;
  return text.replace(/\\([\s\S])/g, (pair, char: string) =>
    char === quote ? quote + quote : char === "'" || char === '"' ? char : pair,
  );
}
