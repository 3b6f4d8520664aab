import type { BaselineFrom } from '../lib/core/take-over.ts';
import { withOtherTool } from '../lib/import/take-over-from.ts';
import type { WriteOptions } from '../lib/runner/index.ts';
import type { Hook } from './hook.ts';
import type { Target } from './target.ts';

// A file of its own in the bundle, as `postgresql-schema.ts` is: only who takes over a database from another tool loads it.
export { baselineFrom } from '../lib/import/baseline-from.ts';

/** The options of the runner where the option `baseline` names another tool: the engine tells what that one has applied. */
export function fromOtherTool(
  { engine }: Target,
  { environment: { plan }, migrations }: Hook,
): Pick<WriteOptions, 'engine' | 'baseline'> {
  const option = JSON.parse(plan.baseline!) as BaselineFrom;
  return { engine: withOtherTool(engine, option, { migrations, outOfOrder: plan.outOfOrder }), baseline: null };
}
