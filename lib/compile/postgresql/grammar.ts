import type { Grammar } from '../grammar.ts';
import { isComment, lex } from './lexer.ts';
import { loadParser } from './parser.ts';
import { readSection } from './read.ts';

/** PostgreSQL as PostgreSQL's own parser reads it. */
export const postgresql: Grammar = {
  engine: 'postgresql',
  load: loadParser,
  outline(text) {
    const tokens = lex(text);
    const comments = tokens.filter(token => token.kind === 'comment');
    return {
      comments: comments.map(({ start, end }) => ({ start, text: text.slice(start, end) })),
      firstToken: tokens.find(token => !isComment(token))?.start ?? null,
    };
  },
  read: readSection,
};
