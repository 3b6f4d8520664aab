import { inspect } from 'node:util';

// The real clock, also for a test that fakes it.
const { setTimeout: after } = globalThis;
const { now } = Date;

interface Waiting {
  /** Milliseconds after which the condition will not hold any more. @default 30,000 */
  readonly withinMs?: number;
  /** Milliseconds between two looks. @default 20 */
  readonly everyMs?: number;
  /** The work that makes the condition hold. Where it ends first, the wait fails with how it ended. */
  readonly during?: Promise<unknown>;
}

/** Waits for a condition. Throws what it waited for (`what`, a noun) when the time is over, or the work that should bring it about. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  { withinMs = 30_000, everyMs = 20, during }: Waiting = {},
): Promise<void> {
  const end = now() + withinMs;
  let ended: string | undefined;
  during?.then(
    value => {
      ended = `the work ended with ${inspect(value, { depth: 6 })}`;
    },
    (error: unknown) => {
      ended = `the work failed: ${inspect(error)}`;
    },
  );
  for (;;) {
    // Read before the look: what held at the end is seen by it.
    const why = ended ?? (now() > end ? `${withinMs / 1000} s were over` : undefined);
    if (await holds()) return;
    if (why !== undefined) throw new Error(`Waited for ${what}, and it did not come: ${why}`);
    await new Promise(resolve => after(resolve, everyMs));
  }
}
