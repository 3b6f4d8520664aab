import { sleep } from '../core/sleep.ts';
import type { Attempt } from '../runner/index.ts';
import type { Invocation } from './command.ts';
import { Interrupted } from './interrupted.ts';
import { attemptLines } from './render/attempt.ts';
import type { Session } from './session.ts';

/** Milliseconds between two looks. Each is a call of the Data API, which keeps a cluster that pauses awake. */
const EVERY_MS = 2_000;

/** How many of those that are there already are shown, where nobody says. */
const AT_FIRST = 10;

/** More attempts than ever begin between two looks. */
const WINDOW = 100;

/** Show the last attempts, oldest first, then what is new and what has changed, until somebody interrupts. */
export async function follow({ values, out, context }: Invocation, { ask, title }: Session): Promise<void> {
  const { migration, limit = AT_FIRST } = values;
  const filter = migration === undefined ? {} : { migration };
  const seen = new Map<string, string>();
  if (!values.json) out.lines([out.color.dim(title), '']);
  try {
    for (let first = true; !context.signal.aborted; first = false) {
      const { attempts } = await ask('history', { ...filter, limit: Math.max(limit, WINDOW) });
      const fresh = attempts.filter(attempt => seen.get(keyOf(attempt)) !== stateOf(attempt));
      for (const attempt of attempts) seen.set(keyOf(attempt), stateOf(attempt));
      for (const attempt of (first ? fresh.slice(0, limit) : fresh).toReversed()) {
        if (values.json) out.write(`${JSON.stringify(attempt)}\n`);
        else out.lines(attemptLines(attempt, out));
      }
      await sleep(EVERY_MS, context.signal);
    }
  } catch (error) {
    // Ctrl-C is how it ends.
    if (!(error instanceof Interrupted)) throw error;
  }
}

function keyOf({ name, attempt }: Attempt): string {
  return `${name} ${attempt}`;
}

/** What of an attempt may change while it runs. */
function stateOf({ status, statementsApplied }: Attempt): string {
  return `${status} ${statementsApplied}`;
}
