import { isComment, Lexer } from '../../engine/mysql/statement/lexer.ts';
import { firstParameter } from './service-scanner.ts';

/**
 * A statement with the same meaning in which a scanner finds nothing that looks like a parameter, or at least less: a space after the colon
 * of a label; where that is not enough, doubled quotes for those with a backslash; where that is not enough, no comments, which the server
 * keeps in the text of a routine. The statement itself, where that is not needed.
 */
export function withoutParameters(sql: string): string {
  if (firstParameter(sql) === undefined) return sql;
  const versions = [1, 2, 3].map(effort => rewritten(sql, effort));
  return versions.find(version => firstParameter(version) === undefined) ?? versions.at(-1)!;
}

function rewritten(sql: string, effort: number): string {
  const lexer = new Lexer(sql);
  let out = '';
  let at = 0;
  for (let token = lexer.next(); token; token = lexer.next()) {
    out += sql.slice(at, token.start);
    at = token.end;
    const text = sql.slice(token.start, token.end);
    if (effort > 2 && isComment(token)) out += ' ';
    else if (effort > 1 && token.kind === 'string') out += withoutEscapedQuotes(text);
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
