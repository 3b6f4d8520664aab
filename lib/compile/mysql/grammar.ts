import { isComment, type Token } from '../../engine/mysql/statement/lexer.ts';
import { scanScript } from '../../engine/mysql/statement/script.ts';
import type { Grammar } from '../grammar.ts';
import { readSection } from './read.ts';
import { safety } from './safety/index.ts';
import { checkUserVariables } from './unset-variables.ts';

/** MySQL as its server and its client read it. */
export const mysql: Grammar = {
  engine: 'mysql',
  load: async () => {},
  outline(text) {
    const { statements, comments } = scanScript(text);
    const isLine = ({ kind, start }: Token) => kind === 'comment' && (text[start] === '-' || text[start] === '#');
    const commentOf = ({ start, end }: Token) => ({
      start,
      text: text.slice(start, text[end - 1] === '\r' ? end - 1 : end),
    });
    return {
      comments: comments.filter(token => isComment(token) && isLine(token)).map(commentOf),
      blocks: comments.filter(({ kind }) => kind === 'block-comment').map(commentOf),
      firstToken: statements[0]?.first ?? null,
      lastToken: statements.at(-1)?.first ?? null,
    };
  },
  read: readSection,
  checkFolder: checkUserVariables,
  safety,
};
