import type { Judge } from '../../../core/manifest.ts';
import { implicitCommitOf } from './judges.ts';
import { isNoOperation, type PreparedStatement, preparedStatementOf, readStatement } from './prepared-text.ts';
import { headOf, isSet, returnsRows } from './statement-kind.ts';

/** What EXECUTE of a text does. */
export interface Execution {
  readonly sql: string;
  readonly returnsRows: boolean;
  /** `refused`: no migration executes that, `words` say what. `free`: it changes neither rows nor objects. */
  readonly kind: 'refused' | 'free' | 'transaction' | 'ddl' | 'unjudged';
  readonly words: string;
  readonly judges: readonly Judge[];
}

const OUTSIDE = /^(commit|rollback|begin|start|savepoint|release|xa|use|lock|unlock|prepare|execute|deallocate)$/;

/** Undefined: the text holds no statement. */
export function executionOf(text: string): Execution | undefined {
  const read = readStatement(text);
  if (!read) return undefined;
  const head = headOf(read.words);
  const drops = head.verb === 'drop' && head.what === 'database';
  const commit = implicitCommitOf(read.words, head);
  const isFree = isNoOperation(read.words) || isSet(read.words);
  const own = commit ? (commit.unjudged ? 'unjudged' : 'ddl') : isFree ? 'free' : 'transaction';
  return {
    sql: read.sql,
    returnsRows: returnsRows(head),
    kind: drops || OUTSIDE.test(head.verb) ? 'refused' : own,
    words: drops ? 'DROP DATABASE' : head.verb.toUpperCase(),
    judges: commit?.judges ?? [],
  };
}

/** A statement that was found to be PREPARE, EXECUTE or DEALLOCATE PREPARE. */
export function preparedIn(text: string): PreparedStatement {
  const { sql, words } = readStatement(text)!;
  return preparedStatementOf(sql, words)!;
}

/** The text that a name stands for before a statement: the last PREPARE of it, among the statements of these numbers. */
export function prepareBefore(
  statement: number,
  name: string,
  prepared: readonly number[],
  sqlOf: (statement: number) => string,
): number | undefined {
  return prepared.findLast(number => {
    const one = number < statement ? preparedIn(sqlOf(number)) : undefined;
    return one?.verb === 'prepare' && one.name === name;
  });
}

/** Reads user variables, as texts. */
export function selectVariables(names: readonly string[]): string {
  return `SELECT ${names.map(name => `CAST(@\`${name.replaceAll('`', '``')}\` AS char)`).join(', ')}`;
}
