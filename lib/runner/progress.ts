import type { Run } from '../engine/engine.ts';
import type { WriteOptions } from './options.ts';

/** Tells, as `working` events, how a piece of work goes on that takes long. What cannot be asked is not told: the work is not disturbed by it. */
export async function watched<T>(options: WriteOptions, run: Run, migration: string, work: Promise<T>): Promise<T> {
  const { database, engine, on, progressMs = 5000 } = options;
  if (!on) return work;
  const since = Date.now();
  let over = false;
  let asking = false;
  const timer = setInterval(tell, progressMs).unref();
  return work.finally(() => {
    over = true;
    clearInterval(timer);
  });

  async function tell(): Promise<void> {
    // A database that does not answer is not asked once more meanwhile.
    const progress = asking ? null : await ask();
    const seconds = Math.round((Date.now() - since) / 1000);
    if (!over) on?.({ event: 'working', migration, seconds, progress });
  }

  async function ask(): Promise<string | null> {
    asking = true;
    try {
      return await engine.progress(database, run);
    } catch {
      return null;
    } finally {
      asking = false;
    }
  }
}
