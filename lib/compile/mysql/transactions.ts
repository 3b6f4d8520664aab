import { implicitCommitOf } from '../../engine/mysql/statement/judges.ts';
import type { Head } from '../../engine/mysql/statement/statement-kind.ts';
import { stands, type Word } from '../../engine/mysql/statement/words.ts';
import { assignmentsOf } from './session.ts';

/** The transactions that a file writes down for its client. */
export interface Transactions {
  /** Statements, counted from 0, that only begin or end one: each statement is committed with its checkpoint anyway. */
  readonly leftOut: ReadonlySet<number>;
  /** The statement that begins one which is never committed, though it changes rows: the client would roll those back. */
  readonly uncommitted: number | undefined;
}

interface Read {
  readonly words: readonly Word[];
  readonly head: Head;
}

/** Follows the transactions of a file as a server does for its client. */
export function readTransactions(statements: readonly Read[]): Transactions {
  const leftOut = new Set<number>();
  let autocommitOff: number | undefined;
  let open: { readonly at: number; changes: boolean } | undefined;
  const commit = () => {
    open = autocommitOff === undefined ? undefined : { at: autocommitOff, changes: false };
  };
  for (const [at, { words, head }] of statements.entries()) {
    const autocommit = autocommitOf(words);
    if (isBegin(words)) {
      leftOut.add(at);
      open = { at, changes: false };
    } else if (isCommit(words)) {
      leftOut.add(at);
      commit();
    } else if (autocommit !== undefined) {
      autocommitOff = autocommit ? undefined : (autocommitOff ?? at);
      if (autocommit || !open) commit();
    } else if (head.verb !== 'call' && implicitCommitOf(words, head) !== undefined) commit();
    else if (open && CHANGES.test(head.verb)) open.changes = true;
  }
  return { leftOut, uncommitted: open?.changes ? open.at : undefined };
}

const CHANGES = /^(insert|replace|update|delete|with|load|call|execute)$/;

function isBegin(words: readonly Word[]): boolean {
  if (stands(words, 0, 'begin')) return words.length === 1 || (words.length === 2 && stands(words, 1, 'work'));
  if (!stands(words, 0, 'start', 'transaction')) return false;
  return words.length === 2 || (words.length === 4 && stands(words, 2, 'read', 'write'));
}

function isCommit(words: readonly Word[]): boolean {
  return stands(words, 0, 'commit') && (words.length === 1 || (words.length === 2 && stands(words, 1, 'work')));
}

/** What a SET makes of autocommit; undefined: it leaves it. What is no literal puts back what was there before: on, as for every client. */
function autocommitOf(words: readonly Word[]): boolean | undefined {
  const found = assignmentsOf(words).findLast(({ name, session }) => name === 'autocommit' && session);
  if (!found) return undefined;
  const value = words[found.to - 1]!;
  return !(value.name !== undefined && /^(0|off|false)$/i.test(value.name));
}

/** The words of a SET without what it makes of autocommit; nothing but SET where it makes nothing else. */
export function withoutAutocommit(words: readonly Word[]): readonly Word[] {
  const all = assignmentsOf(words);
  const kept = all.filter(({ name, session }) => !(name === 'autocommit' && session));
  if (kept.length === all.length) return words;
  // Each with the comma before it.
  const rest = kept.flatMap(({ from, to }) => words.slice(from - 1, to));
  return [words[0]!, ...rest.slice(1)];
}
