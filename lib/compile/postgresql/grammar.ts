import type { Comment } from '../../core/allowances.ts';
import type { Grammar } from '../grammar.ts';
import { Lexer } from './lexer.ts';
import { loadParser } from './parser.ts';
import { readSection } from './read.ts';
import { safety } from './safety/index.ts';

/** PostgreSQL, as PostgreSQL's own parser reads it. */
export const postgresql: Grammar = {
  engine: 'postgresql',
  load: loadParser,
  outline(text) {
    const comments: Comment[] = [];
    const blocks: Comment[] = [];
    let firstToken: number | null = null;
    let lastToken: number | null = null;
    const lexer = new Lexer(text);
    for (let token = lexer.next(); token; token = lexer.next()) {
      const kept = token.kind === 'comment' ? comments : token.kind === 'block-comment' ? blocks : undefined;
      if (kept) kept.push({ start: token.start, text: text.slice(token.start, token.end) });
      else {
        firstToken ??= token.start;
        if (text[token.start] !== ';') lastToken = token.start;
      }
    }
    return { comments, blocks, firstToken, lastToken };
  },
  read: readSection,
  safety,
};
