import type { ManifestReader } from '../lib/core/manifest.ts';
import type { BaselineFrom } from '../lib/core/take-over.ts';
import { withOtherTool } from '../lib/import/take-over-from.ts';
import type { WriteOptions } from '../lib/runner/index.ts';
import type { Environment } from './environment.ts';

// A file of its own in the bundle, as `postgresql-schema.ts` is: only who takes over a database from another tool loads it.
export { baselineFrom } from '../lib/import/baseline-from.ts';

/** The options of the runner where the option `baseline` names another tool: the engine tells what that one has applied. */
export function fromOtherTool(
  engine: WriteOptions['engine'],
  { baseline, outOfOrder }: Environment['plan'],
  migrations: ManifestReader,
): Pick<WriteOptions, 'engine' | 'baseline'> {
  const option = JSON.parse(baseline!) as BaselineFrom;
  return { engine: withOtherTool(engine, option, { migrations, outOfOrder }), baseline: null };
}
