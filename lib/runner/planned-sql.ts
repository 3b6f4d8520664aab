import { type ManifestReader, type Script, TRACKING_MIGRATION } from '../core/manifest.ts';
import { executes, type Step } from '../core/plan.ts';
import { statementsOf } from '../core/script.ts';

/** What a step would execute. */
export interface PlannedSql {
  readonly migration: string;
  readonly file: string;
  readonly sql: string;
}

/** The SQL of a plan's steps. The tracking tables are left out: they are ours, and nobody reviews them. */
export async function sqlOf(migrations: ManifestReader, steps: readonly Step[]): Promise<PlannedSql[]> {
  const all: PlannedSql[] = [];
  for (const { migration, reason, from } of steps) {
    if (migration === TRACKING_MIGRATION || !executes({ reason })) continue;
    const { file } = migrations.manifest.migrations.find(one => one.name === migration)!;
    all.push({ migration, file, sql: contentFrom((await migrations.body(migration)).up, from) });
  }
  return all;
}

/** A script from a statement on, which is another than the first where a half-done migration is resumed. */
function contentFrom(script: Script, from: number): string {
  return from <= 1 ? script.content : script.content.slice(statementsOf(script)[from - 1]!.from);
}
