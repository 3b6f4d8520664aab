import { isComment, lex } from './lexer.ts';

/** Words of the body of a function or a DO block, lower-cased, without those of comments and literals. */
export function bodyWords(body: string): string[] {
  const words: string[] = [];
  for (const token of lex(body)) {
    if (token.kind === 'word') words.push(body.slice(token.start, token.end).toLowerCase());
    else if (token.kind === 'quoted') words.push(body.slice(token.start + 1, token.end - 1));
    else if (!isComment(token)) words.push('');
  }
  return words;
}

/** Whether a PL/pgSQL body has COMMIT or ROLLBACK as a statement. */
export function endsTransactions(body: string): boolean {
  const tokens = lex(body).filter(token => !isComment(token));
  return tokens.some((token, at) => {
    if (!/^(commit|rollback)$/i.test(body.slice(token.start, token.end))) return false;
    const next = tokens[at + 1];
    return next !== undefined && /^(;|and)$/i.test(body.slice(next.start, next.end));
  });
}
