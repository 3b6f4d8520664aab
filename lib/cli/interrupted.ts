import type { Context } from './context.ts';

/** Somebody pressed Ctrl-C, or the system asked us to end. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The signals that end a command in good order, with its exit code then: 128 and the number of the signal, as shells count. */
export const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The exit code of an interrupted command; undefined where nobody interrupted. */
export function interrupted({ signal }: Pick<Context, 'signal'>): 129 | 130 | 143 | undefined {
  if (!signal.aborted) return undefined;
  return SIGNALS[signal.reason as keyof typeof SIGNALS] ?? SIGNALS.SIGINT;
}

/** The result of work that knows nothing of signals; `Interrupted` is thrown where one comes first. The work is left to itself then. */
export async function unlessInterrupted<T>({ signal }: Pick<Context, 'signal'>, work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  let stop = () => {};
  const stopped = new Promise<never>((_, fail) => {
    stop = () => fail(new Interrupted('interrupted'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
