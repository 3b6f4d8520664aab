import type { Backend, Engine } from './backend.ts';
import type { Clocks } from './clocks.ts';
import type { Switches } from './options.ts';
import { statementTimeout } from './service-error.ts';
import type { Transactions } from './transactions.ts';

/** What the operations work with. */
export interface Service {
  readonly engine: Engine;
  readonly transactions: Transactions;
  readonly clocks: Clocks;
  readonly switches: Required<Switches>;
}

/**
 * Do `work` on a backend within the call's time. `done` is called when the work has ended, however late: until then the backend belongs to
 * it. After the timeout the statement is cancelled, or with `continueAfterTimeout` goes on; the caller gets the same error.
 * https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-timeouts.html
 */
export async function withinCall<T>(
  clocks: Clocks,
  backend: Backend,
  { sql, continueAfterTimeout }: { readonly sql: string; readonly continueAfterTimeout: boolean },
  work: () => Promise<T>,
  done: (cancelled: boolean) => void,
): Promise<T> {
  let cancelled = false;
  const running = work().finally(() => done(cancelled));
  const ended = running.then(
    () => {},
    () => {}, // Whoever still waits gets it from `running`; after a timeout nobody does.
  );
  if (await clocks.withinCall(sql, ended)) return running;
  if (!continueAfterTimeout) {
    cancelled = true;
    await backend.cancel();
    await clocks.within(5, ended);
  }
  throw statementTimeout(backend.id);
}
