import { DatabaseError } from '../core/database.ts';
import { TRACKING_MIGRATION } from '../core/manifest.ts';
import { retry } from '../core/retry.ts';
import type { Run } from '../engine/engine.ts';
import type { WriteOptions } from './options.ts';

/** How often it is tried to make them while no answer comes. */
const MAX_TRIES = 5;

/**
 * Make the tracking tables, or what of them is missing. Answers with the milliseconds that took. All of it may run again, so an answer that
 * was lost is no reason to give up.
 */
export async function installTracking(
  { database, engine, migrations, signal }: WriteOptions,
  run: Run,
): Promise<number> {
  const migration = migrations.manifest.migrations.find(one => one.name === TRACKING_MIGRATION)!;
  const { up } = await migrations.body(TRACKING_MIGRATION);
  const began = Date.now();
  await retry(() => engine.store.install(database, { migration, content: up.content, run }), {
    while: error => error instanceof DatabaseError && error.outcome === 'unknown',
    tries: MAX_TRIES,
    first: 100,
    most: 2000,
    signal,
  });
  return Date.now() - began;
}
