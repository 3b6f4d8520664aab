import { pause, sleep } from './sleep.ts';

/** A pause before the next try. */
export interface Pause {
  readonly ms: number;
  /** Ends the pause early. */
  readonly signal?: AbortSignal | undefined;
}

/** When work is repeated, and how long the pauses between its tries are. */
export interface Retries<T> {
  /** Whether to try again after an error, or after which pause; `nth` counts the tries from 1. @default false */
  readonly while?: (error: unknown, nth: number) => boolean | Pause;
  /** Whether the answer is the last one. @default true */
  readonly until?: (answer: T) => boolean;
  /** How often at most. @default as often as it takes */
  readonly tries?: number;
  /** Milliseconds of the first pause; each further one is twice as long, with a quarter of chance. @default 0 */
  readonly first?: number;
  /** Milliseconds of the longest pause. @default 0 */
  readonly most?: number;
  /** Ends a pause early, and lets no further try begin. */
  readonly signal?: AbortSignal | undefined;
  /** Asked before each further try: whether to give up. */
  readonly stop?: () => boolean;
}

/** Repeats work that may be repeated. Gives back the last answer, or throws the last error. */
export async function retry<T>(
  work: () => Promise<T>,
  { while: passes = () => false, until = () => true, tries = 0, first = 0, most = 0, signal, stop }: Retries<T>,
): Promise<T> {
  for (let nth = 1; ; nth++) {
    const isLast = () => nth === tries || signal?.aborted || stop?.();
    let own: boolean | Pause;
    try {
      const answer = await work();
      if (until(answer) || isLast()) return answer;
      own = true;
    } catch (error) {
      own = passes(error, nth);
      if (!own || isLast()) throw error;
    }
    await (own === true ? sleep(pause(nth, first, most), signal) : sleep(own.ms, own.signal));
  }
}
