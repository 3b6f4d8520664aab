import type { Token } from './lexer.ts';
import type { Statement } from './statements.ts';

/**
 * Where the relations begin that a statement which runs alone names without a schema, as offsets from its end: the connection that it is sent on
 * may have the search path of somebody else, so a run writes the schema there. Those of VACUUM are left as they are: it changes nothing.
 */
export function unqualified({ tokens, close }: Pick<Statement, 'tokens' | 'close'>, text: string): number[] {
  const words = tokens.map(({ kind, start, end }) => (kind === 'string' ? '' : text.slice(start, end).toLowerCase()));
  return relations(words).flatMap(at => {
    const token: Token | undefined = tokens[at];
    return token === undefined || words[at + 1] === '.' ? [] : [close - token.start];
  });
}

/** The numbers of the tokens at which they stand. */
function relations(words: readonly string[]): number[] {
  /** The first token after these, of which each may be missing. */
  const past = (at: number, ...optional: readonly string[]) =>
    optional.reduce((now, word) => (words[now] === word ? now + 1 : now), at);
  switch (words[0]) {
    case 'create':
      return [past(words.indexOf('on') + 1, 'only')];
    case 'drop': {
      const name = words.indexOf('concurrently') + 1;
      return [words[name + 1] === 'exists' ? name + 2 : name];
    }
    case 'reindex': {
      const kind = words[1] === '(' ? words.indexOf(')') + 1 : 1;
      return [past(kind + 1, 'concurrently')];
    }
    case 'alter': {
      const partition = words.indexOf('partition') + 1;
      return [past(words[3] === 'exists' ? 4 : 2, 'only'), partition];
    }
    default:
      return [];
  }
}
