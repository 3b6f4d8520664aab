import { type Database, DatabaseError, type Row, type Statement } from '../core/database.ts';
import { retry } from '../core/retry.ts';

export interface Patience {
  /** Whether it is to be waited for no longer. */
  readonly stop: () => boolean;
  readonly meanwhile?: (() => Promise<void>) | undefined;
}

/**
 * Ask a transaction something as soon as it listens: while a statement whose call has ended is at work in it, the service refuses every other.
 * `waited`: it was seen at work. Undefined: told to stop. Throws what else the service, or the database, says to the question.
 */
export async function waitForTransaction(
  execute: Database['execute'],
  question: Statement,
  { stop, meanwhile }: Patience,
): Promise<{ rows: Row[]; waited: boolean } | undefined> {
  let waited = false;
  const ask = async () => {
    try {
      return { rows: await execute(question), waited };
    } catch (error) {
      if (!(error instanceof DatabaseError) || !isAtWork(error)) throw error;
      waited = true;
      if (!stop()) await meanwhile?.();
      return undefined;
    }
  };
  // A transaction is given up after three minutes without a call.
  return retry(ask, { until: answer => answer !== undefined, first: 100, most: 1000, stop });
}

/** `Transaction is still running a query` */
function isAtWork({ service, outcome }: DatabaseError): boolean {
  return service === 'DatabaseErrorException' && outcome === 'not-run';
}

/** Of a statement that failed when nobody could be told any more. */
export const FAILED_AFTER_CALL = 'it failed after its call had ended; what the database said of it was lost';
