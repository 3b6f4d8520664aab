import { isComment, lex } from './lexer.ts';

/** Words of the body of a routine in order, lower-cased; '' stands for anything else, so that neighbours are neighbours. */
export function bodyWords(body: string): string[] {
  return lex(body)
    .filter(token => !isComment(token))
    .map(({ kind, start, end }) =>
      kind === 'word' ? body.slice(start, end).toLowerCase() : kind === 'punctuation' ? body[start]! : '',
    );
}

/** All that looks like a name in the body of a routine, texts included (they may be executed), comments not; lower-cased. */
export function* bodyNames(body: string): Generator<string> {
  for (const token of lex(body)) {
    if (isComment(token)) continue;
    for (const [word] of body.slice(token.start, token.end).matchAll(/[\p{L}_][\p{L}\p{N}_$]*/gu))
      yield word.toLowerCase();
  }
}

/** What a body calls: words before a parenthesis, built-in syntax among them. */
export function bodyCalls(body: string): string[] {
  const words = bodyWords(body);
  return words.filter((word, at) => /^\w/.test(word) && words[at + 1] === '(');
}

/** Whether a PL/pgSQL body has COMMIT or ROLLBACK as a statement. */
export function endsTransactions(body: string): boolean {
  const words = bodyWords(body);
  return words.some(
    (word, at) => (word === 'commit' || word === 'rollback') && [';', 'and'].includes(words[at + 1] ?? ''),
  );
}

/**
 * What a PL/pgSQL body may do that must not be done twice: its first verb that writes, drops or hides what it does; undefined: none found.
 * `ON DELETE`, `BEFORE INSERT OR UPDATE`, `FOR UPDATE`, `GRANT EXECUTE` and `EXECUTE FUNCTION` (of a trigger) are no such verbs.
 */
export function riskyVerb(body: string): string | undefined {
  const words = bodyWords(body);
  return words.find((word, at) => {
    if (word === 'index') return words[at - 1] !== 'drop' && words[at + 1] === 'on';
    if (!RISKY.has(word)) return false;
    if (word === 'execute') return !['function', 'procedure', 'on'].includes(words[at + 1] ?? '');
    return !NOT_A_VERB_AFTER.has(words[at - 1] ?? '');
  });
}

const RISKY = new Set(
  'drop truncate delete update merge insert copy execute call perform rename restart setval nextval commit rollback'.split(
    ' ',
  ),
);
const NOT_A_VERB_AFTER = new Set(['on', 'before', 'after', 'or', 'for', 'of', 'grant', ',']);
