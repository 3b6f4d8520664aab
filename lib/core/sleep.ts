/** Waits, or stops waiting when the signal says so. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    if (signal?.aborted) done();
    else signal?.addEventListener('abort', done);
  });
}

/** The pause before try `nth + 1`: `first` milliseconds, doubling up to `most`, with a quarter of chance so that two do not keep step. */
export function pause(nth: number, first: number, most: number): number {
  return Math.min(most, first * 2 ** (nth - 1)) * (0.75 + Math.random() / 2);
}
