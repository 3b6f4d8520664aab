import type { Grammar } from '../grammar.ts';
import { Lexer } from './lexer.ts';
import { loadParser } from './parser.ts';
import { readSection } from './read.ts';

/** PostgreSQL, as PostgreSQL's own parser reads it. */
export const postgresql: Grammar = {
  engine: 'postgresql',
  load: loadParser,
  outline(text) {
    const comments: { start: number; text: string }[] = [];
    let firstToken: number | null = null;
    let lastToken: number | null = null;
    const lexer = new Lexer(text);
    for (let token = lexer.next(); token; token = lexer.next()) {
      if (token.kind === 'comment') comments.push({ start: token.start, text: text.slice(token.start, token.end) });
      else if (token.kind !== 'block-comment') {
        firstToken ??= token.start;
        if (text[token.start] !== ';') lastToken = token.start;
      }
    }
    return { comments, firstToken, lastToken };
  },
  read: readSection,
};
