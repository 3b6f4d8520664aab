import type { Run } from '../engine/engine.ts';
import type { WriteOptions } from './options.ts';

/**
 * Reports by `working` events how a long step goes on, until the function that it gives back is called. What the database does not answer is
 * not told.
 */
export function startProgress(options: WriteOptions, run: Run, migration: string): () => void {
  const { database, engine, on, progressMs = 5000 } = options;
  if (!on) return () => undefined;
  const since = Date.now();
  let over = false;
  let asking = false;
  const timer = setInterval(tell, progressMs).unref();
  return () => {
    over = true;
    clearInterval(timer);
  };

  async function tell(): Promise<void> {
    // A database that does not answer is not asked once more meanwhile.
    const progress = asking ? null : await ask();
    const seconds = Math.round((Date.now() - since) / 1000);
    if (!over) on?.({ event: 'working', migration, seconds, progress });
  }

  async function ask(): Promise<string | null> {
    asking = true;
    try {
      return await engine.diagnostics.progress(database, run);
    } catch {
      return null;
    } finally {
      asking = false;
    }
  }
}
