import { implicitCommitOf } from '../../engine/mysql/statement/judges.ts';
import { scanScript } from '../../engine/mysql/statement/script.ts';
import { type Head, headOf } from '../../engine/mysql/statement/statement-kind.ts';
import { nameAt, stands, type Word, wordsOf } from '../../engine/mysql/statement/words.ts';
import type { Prepared } from './prepared-statement.ts';
import { variableUse } from './user-variables.ts';

type Effect = Pick<Prepared, 'commits' | 'reads' | 'sets'>;

/** A statement of a file. */
interface Read {
  readonly words: readonly Word[];
  readonly head: Head;
}

/** For each statement what it prepares, executes or gives up; undefined for all others. */
export function readPrepared(text: string, statements: readonly Read[]): (Prepared | undefined)[] {
  const prepared = new Map<string, string | undefined>();
  const constants = new Map<string, string>();
  let unknown: Effect | undefined;
  return statements.map(({ words, head }) => {
    rememberConstants(text, words, head, constants);
    const name = preparedName(words, head);
    if (name === undefined) return undefined;
    const key = name.toLowerCase();
    if (head.verb === 'prepare') prepared.set(key, textOf(text, words, constants));
    const known = prepared.has(key);
    const sql = prepared.get(key);
    if (head.verb === 'deallocate' || head.verb === 'drop') prepared.delete(key);
    if (sql !== undefined) return { name, known, text: sql, ...effectOf(sql) };
    unknown ??= { commits: true, ...variablesInTexts(text, statements) };
    return { name, known, ...unknown };
  });
}

/** PREPARE p FROM …, EXECUTE p, DEALLOCATE PREPARE p, DROP PREPARE p */
function preparedName(words: readonly Word[], { verb, what }: Head): string | undefined {
  if (verb === 'prepare' || verb === 'execute') return nameAt(words, 1)?.name;
  if (verb === 'deallocate' || (verb === 'drop' && what === 'prepare')) return nameAt(words, 2)?.name;
  return undefined;
}

/** The literal behind FROM, or that of the variable there. */
function textOf(text: string, words: readonly Word[], constants: ReadonlyMap<string, string>): string | undefined {
  const source = words[3];
  if (source?.sign === '@') return constants.get(nameAt(words, 4)?.name.toLowerCase() ?? '');
  return source?.token.kind === 'string' ? unquoted(text.slice(source.token.start, source.token.end)) : undefined;
}

/** `SET @s = '…'` and nothing else gives a variable a text that the file says. */
function rememberConstants(text: string, words: readonly Word[], head: Head, constants: Map<string, string>): void {
  for (const name of variableUse(words, head).sets) constants.delete(name);
  const value = words[4];
  if (!stands(words, 0, 'set', '@') || words.length !== 5 || value?.token.kind !== 'string') return;
  const name = words[2]?.name?.toLowerCase();
  if (name !== undefined) constants.set(name, unquoted(text.slice(value.token.start, value.token.end)));
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', 0: '\0', Z: '\x1a' };

/** What a literal says, in the server's default SQL mode. */
function unquoted(literal: string): string {
  const start = literal.search(/['"]/);
  const quote = literal[start]!;
  return literal
    .slice(start + 1, -1)
    .replace(/\\([\s\S])|(['"])\2/g, (pair, escaped: string | undefined, twice: string | undefined) => {
      if (escaped === undefined) return twice === quote ? quote : pair;
      if (escaped === '%' || escaped === '_') return pair;
      return ESCAPES[escaped] ?? escaped;
    });
}

function effectOf(sql: string): Effect {
  const [statement] = scanScript(sql).statements;
  if (!statement) return { commits: false, reads: [], sets: [] };
  const words = wordsOf(sql, statement);
  const head = headOf(words);
  const { reads, sets, passed } = variableUse(words, head);
  return {
    commits: head.verb !== 'call' && implicitCommitOf(words, head) !== undefined,
    reads: [...reads.keys()],
    sets: [...sets, ...passed.map(({ name }) => name)],
  };
}

const VARIABLE = /(?<!@)@([\w$.]+)/g;
const INTO_VARIABLES = /\binto\s+(@[\w$.]+(?:\s*,\s*@[\w$.]+)*)|(@[\w$.]+)\s*:=|\bset\s+(@[\w$.]+)/gi;

/** User variables in the literals of a file: the texts that it puts together may use these. */
function variablesInTexts(text: string, statements: readonly Read[]): Pick<Effect, 'reads' | 'sets'> {
  const reads = new Set<string>();
  const sets = new Set<string>();
  const collect = (part: string, into: Set<string>) => {
    for (const [, name] of part.matchAll(VARIABLE)) into.add(name!.toLowerCase());
  };
  for (const { token } of statements.flatMap(({ words }) => words)) {
    if (token.kind !== 'string') continue;
    const literal = text.slice(token.start, token.end);
    collect(literal, reads);
    for (const [part] of literal.matchAll(INTO_VARIABLES)) collect(part, sets);
  }
  return { reads: [...reads], sets: [...sets] };
}
