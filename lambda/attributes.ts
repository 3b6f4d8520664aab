import { type Manifest, TRACKING_MIGRATION } from '../lib/core/manifest.ts';
import type { Plan } from '../lib/core/plan.ts';
import type { MigrationStatus, State } from '../lib/core/report.ts';
import type { Attributes } from './contract.ts';
import { cutText } from './text.ts';

/** Bytes of the notes: they share the 4,096 of the response with everything else. */
const NOTES = 1000;

/** Bytes of the names of what is left, where a deploy ends before it is done. */
const LEFT = 300;

/** How things stand by a plan, in words. */
export function standOf(manifest: Manifest, plan: Pick<Plan, 'steps'>): string {
  const { Applied, Latest } = attributesOfPlan(manifest, plan, []);
  const left = plan.steps
    .filter(({ migration }) => migration !== TRACKING_MIGRATION)
    .map(({ migration, from }) => (from > 1 ? `${migration} from statement ${from} on` : migration));
  const applied = Applied === '0' ? 'none is applied' : `${Applied} applied, the newest ${Latest}`;
  return `${applied}; ${left.length} left: ${cutText(left.join(', '), LEFT)}`;
}

/** What is applied by a plan: all that is no step of it. */
export function attributesOfPlan(manifest: Manifest, plan: Pick<Plan, 'steps'>, notes: readonly string[]): Attributes {
  const left = new Set(plan.steps.filter(step => step.reason !== 'changed').map(step => step.migration));
  return attributes(
    manifest,
    manifest.migrations.map(({ name }) => name).filter(name => !left.has(name)),
    notes,
  );
}

const inForce: readonly State[] = ['applied', 'baselined', 'changed'];

/** What is applied after a run. */
export function attributesOfReport(
  manifest: Manifest,
  report: { readonly migrations: readonly MigrationStatus[] },
  notes: readonly string[],
): Attributes {
  const names = report.migrations.filter(({ state }) => inForce.includes(state)).map(({ name }) => name);
  return attributes(manifest, names, notes);
}

function attributes({ migrations }: Manifest, applied: readonly string[], notes: readonly string[]): Attributes {
  const known = new Set(applied);
  const own = migrations.filter(({ name }) => name !== TRACKING_MIGRATION);
  const done = own.filter(({ name }) => known.has(name));
  return {
    Latest: done.at(-1)?.name ?? '',
    Applied: String(done.length),
    Pending: String(own.length - done.length),
    Notes: cutText(notes.join('. '), NOTES),
  };
}
