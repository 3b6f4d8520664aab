import {
  type Database,
  DatabaseError,
  type OpenTransaction,
  type Row,
  type Statement,
} from '../../../core/database.ts';
import type { Effects } from '../../../core/rehearsal.ts';
import { sleep } from '../../../core/sleep.ts';
import type { TableLock } from './locks.ts';
import { compareRelations, type Relation, readRelations, strongest } from './relations.ts';

/** The locks of a session by the beginning of its statement, those that it waits for among them. */
const LOCKS = `SELECT k.relation::pg_catalog.text, pg_catalog.string_agg(k.mode, ' '), pg_catalog.bool_or(NOT k.granted)::pg_catalog.text
FROM pg_catalog.pg_locks k JOIN pg_catalog.pg_stat_activity a ON a.pid = k.pid
WHERE a.state = 'active' AND pg_catalog.starts_with(a.query, :tag) GROUP BY k.relation`;

const PAUSE_MS = 20;

/** So often it is looked for a lock that the statement waits for: then it goes on unseen. */
const MAX_LOOKS = 500;

interface Outside extends Pick<Effects, 'rewritten'> {
  readonly locks: readonly TableLock[] | null;
  readonly rows: Row[];
}

/**
 * Executes a statement that can run in no transaction, whose locks are gone when it has ended. Every table is locked meanwhile in the weakest mode
 * that conflicts with whatever such a statement takes, so that it waits for the first of its locks, and both can be read. Then it goes on.
 * Its locks are null where it ends without such a lock, or takes one that nobody sees.
 */
export async function executeOutside(
  database: Database,
  statement: Statement,
  isTracking: (table: string) => boolean,
): Promise<Outside> {
  const before = await readRelations(database.execute);
  const tables = [...before.values()].filter(({ kind, name }) => kind === 'table' && !isTracking(name));
  const blocker = await lock(
    database,
    tables.map(({ name }) => name),
  );
  const running = { ended: false };
  let held: Map<string, Relation> | null = null;
  const rows = database.execute(statement).finally(() => {
    running.ended = true;
  });
  // Whoever waits for it below hears of its failure.
  rows.catch(() => undefined);
  try {
    if (blocker) held = await firstLocks(database, statement, before, running);
  } finally {
    await blocker?.rollback();
  }
  const answer = await rows;
  const { rewritten } = compareRelations(before, await readRelations(database.execute), isTracking);
  return { rows: answer, rewritten, locks: held && compareRelations(before, held, isTracking).locks };
}

/** A transaction that locks the tables; null: there are none, or it may not. */
async function lock(database: Database, tables: readonly string[]): Promise<OpenTransaction | null> {
  if (tables.length === 0) return null;
  const transaction = await database.begin();
  const names = tables.map(name => `ONLY ${name}`).join(', ');
  try {
    await transaction.execute({ sql: `LOCK TABLE ${names} IN SHARE UPDATE EXCLUSIVE MODE`, effect: 'write' });
    return transaction;
  } catch (error) {
    await transaction.rollback();
    if (error instanceof DatabaseError && error.outcome === 'failed') return null;
    throw error;
  }
}

/** The relations with the locks of the statement when it waits for one; null: it has ended, or was not seen to wait. */
async function firstLocks(
  database: Database,
  { sql }: Statement,
  before: ReadonlyMap<string, Relation>,
  running: { readonly ended: boolean },
): Promise<Map<string, Relation> | null> {
  // The comment before the statement: it is short, and the server cuts off what it shows of a long text.
  const tag = sql.slice(0, sql.indexOf('*/') + 2);
  for (let looks = 0; !running.ended && looks < MAX_LOOKS; looks++) {
    const rows = await database.execute({ sql: LOCKS, parameters: { tag }, effect: 'read' });
    if (rows.some(([, , waits]) => waits === 'true')) {
      const modes = new Map(rows.map(([oid, all]) => [oid, strongest(all ?? '')]));
      return new Map([...before].map(([oid, relation]) => [oid, { ...relation, lock: modes.get(oid) ?? null }]));
    }
    await sleep(PAUSE_MS);
  }
  return null;
}
