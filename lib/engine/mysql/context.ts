import type { Database } from '../../core/database.ts';
import { statementsOf } from '../../core/script.ts';
import type { Known } from './history.ts';
import type { Kept, Wanted } from './kept.ts';
import type { Naming } from './names.ts';
import type { Keeping } from './sending.ts';
import { ours, SETS_TEXTS } from './session.ts';
import { sentAs, settings, type Task, tag } from './task.ts';

/** What each way to apply a migration works with. */
export interface Context {
  readonly database: Database;
  readonly named: Naming;
  readonly known: Known;
  readonly keeping: Keeping;
}

/** A migration as it is sent. */
export interface Sendable {
  /** How many statements. */
  readonly total: number;
  /** A statement as it is sent by itself, tagged. */
  sql(statement: number): string;
  /** The session that a statement is to meet. */
  wanted(statement: number): Wanted;
  /** Whether something before a statement sets how texts are read. */
  setsTexts(statement: number): boolean;
}

export function sendable(task: Task): Sendable {
  const { script, run } = task;
  const statements = statementsOf(script).map(({ sql }) => sql);
  const wanted = (statement: number): Wanted => ({
    script,
    statement,
    sets: from => settings(script, statements, statement, from === 0 ? ours(run) : [], from),
  });
  return {
    total: statements.length,
    sql: statement => `${tag(task, statement)} ${sentAs(script, statements, statement)}`,
    wanted,
    setsTexts: statement =>
      wanted(statement)
        .sets(1)
        .some(sql => SETS_TEXTS.test(sql)),
  };
}

/** The session that is kept, without what is not committed in it. */
export async function abandon(keeping: Keeping): Promise<void> {
  const kept: Kept | null = keeping.kept;
  keeping.kept = null;
  await kept?.abandon();
}
