import { TRACKING_MIGRATION } from '../core/manifest.ts';
import type { Run } from '../engine/engine.ts';
import type { RunnerOptions } from './options.ts';

/** Make the tracking tables, or what of them is missing. Answers with the milliseconds that took. */
export async function installTracking({ database, engine, migrations }: RunnerOptions, run: Run): Promise<number> {
  const migration = migrations.manifest.migrations.find(one => one.name === TRACKING_MIGRATION)!;
  const { up } = await migrations.body(TRACKING_MIGRATION);
  const began = Date.now();
  await engine.install(database, { migration, content: up.content, run });
  return Date.now() - began;
}
