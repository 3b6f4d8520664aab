import type { Database, Statement } from '../../core/database.ts';
import { isGone, Kept, type Wanted } from './kept.ts';
import { type Awaiting, awaited } from './outlived.ts';
import { inSession } from './session.ts';

/** What goes from one migration of a run to the next. */
export interface Keeping {
  kept: Kept | null;
  /** The service gives up a transaction when DDL commits it. */
  vanishes: boolean;
}

/** Give the session back that is kept, if there is one. */
export async function endKept(keeping: Keeping): Promise<void> {
  await keeping.kept?.close();
  keeping.kept = null;
}

/** A statement that commits by itself, and what is to be sent with it. */
export interface Sent extends Awaiting {
  readonly wanted: Wanted;
  readonly statement: Statement;
  /** It may commit, or leave what is to be committed. */
  readonly mayCommit: boolean;
}

/** Send a statement in the session that is kept for such; several share one. Throws what the database or the service says. */
export async function send(database: Database, keeping: Keeping, sent: Sent): Promise<void> {
  const { wanted, statement, mayCommit } = sent;
  if (mayCommit && keeping.vanishes) {
    let ran = false;
    const work = async (execute: Database['execute']) => {
      await awaited(execute, statement, sent);
      ran = true;
    };
    try {
      await database.transaction(({ execute }) =>
        inSession(execute, wanted.sets(0), wanted.script.facts, () => work(execute)),
      );
    } catch (error) {
      // It has committed by itself, and with that ended its transaction: nothing is left to be committed.
      if (!ran || !isGone(error)) throw error;
    }
    return;
  }
  const reused = keeping.kept?.commits === true;
  keeping.kept ??= await Kept.open(database);
  const { kept } = keeping;
  try {
    await kept.become(wanted);
    if (mayCommit) await kept.commit();
    await awaited(one => kept.execute(one), statement, sent);
    kept.commits = true;
    if (keeping.vanishes) keeping.kept = null;
  } catch (error) {
    // What committed in it before has ended its transaction: this statement was not begun.
    if (!isGone(error) || !(reused || (mayCommit && kept.commits))) throw error;
    keeping.vanishes = true;
    keeping.kept = null;
    await send(database, keeping, sent);
  }
}
