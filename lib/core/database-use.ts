import type { Problem } from './errors.ts';
import type { DatabaseUse, Manifest, Migration } from './manifest.ts';
import type { Step } from './plan.ts';

/** Stops a plan that would drop the migrated database, or that holds a file for another one. `database`: its name; null: no step names one. */
export function databaseProblems(manifest: Manifest, steps: readonly Step[], database: string | null): Problem[] {
  if (database === null) return [];
  const executed = new Set(steps.flatMap(({ migration, reason }) => (reason === 'baseline' ? [] : [migration])));
  return manifest.migrations
    .filter(({ name }) => executed.has(name))
    .flatMap(migration => (migration.databases ?? []).flatMap(use => problemOf(migration, use, database) ?? []));
}

function problemOf(
  { name, file }: Migration,
  { use, name: named, line }: DatabaseUse,
  database: string,
): Problem | null {
  const isSame = named.toLowerCase() === database.toLowerCase();
  const about = { migration: name, place: { file, line } };
  if (use === 'drops' && isSame) return { ...dropsMigrated(named), ...about };
  if (use === 'drops' || isSame) return null;
  return {
    code: 'use-database',
    message: `${name} is written for database ${named}, and it would be applied to ${database}`,
    remedy: `Take USE out of the file, write ${named} before the names, or apply it to ${named}`,
    ...about,
  };
}

/** Why the migrated database must not be dropped. */
export function dropsMigrated(database: string): Pick<Problem, 'code' | 'message' | 'remedy'> {
  return {
    code: 'drop-database',
    message: `DROP DATABASE ${database} drops the database that is migrated`,
    remedy: 'Take it out, and drop the tables that are to go one by one',
  };
}
