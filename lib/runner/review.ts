import { match } from '../core/match.ts';
import { executes, identityOf, type Plan } from '../core/plan.ts';
import { isInForce } from '../core/state.ts';
import type { RunnerOptions } from './options.ts';
import { type Planned, type PlanOptions, planWith, shownOf } from './plan.ts';
import type { Snapshot } from './snapshot.ts';

/** The migrations of a folder that a database does not have, by name: what safety rules want to know of it. */
export interface Unapplied {
  /** Those that will be executed, now or when what stops the plan is fixed: only they are worth a finding. */
  readonly toRun: ReadonlySet<string>;
  /** Those of them of which no version was applied: what they make is new to running code. */
  readonly neverApplied: ReadonlySet<string>;
}

/** What a folder would do to a database. */
export interface Review {
  readonly planned: Planned;
  readonly unapplied: Unapplied;
}

/** Makes the plan of a folder for a database, and says which migrations the safety rules have to judge. Changes nothing. */
export async function review(options: PlanOptions & { readonly sql?: boolean }): Promise<Review> {
  const { unapplied, ...planned } = await planWith(options, async (snapshot, made) => ({
    ...(await shownOf(options, snapshot, made)),
    unapplied: unappliedOf(options, snapshot, made),
  }));
  return { planned, unapplied };
}

function unappliedOf({ migrations }: RunnerOptions, { history, facts }: Snapshot, { steps }: Plan): Unapplied {
  const { manifest } = migrations;
  const matched = match(manifest, history, facts);
  const stepOf = new Map(steps.map(step => [step.migration, step]));
  const applied = new Set(
    manifest.migrations.filter(one => isInForce(identityOf(matched, one))).map(({ name }) => name),
  );
  const toRun = manifest.migrations
    .map(({ name }) => name)
    .filter(name => (stepOf.has(name) ? executes(stepOf.get(name)!) : !applied.has(name)));
  return { toRun: new Set(toRun), neverApplied: new Set(toRun.filter(name => !applied.has(name))) };
}
