import { MigrationError } from '../core/errors.ts';
import type { MigrationReport } from '../core/report.ts';
import { guarded } from './guarded.ts';
import type { RunnerOptions } from './options.ts';
import { describeMigrations, describeUnknown } from './report.ts';
import { readSnapshot } from './snapshot.ts';

/** Records what a person found out about a statement whose outcome no program can know. Throws `not-there` where it stands elsewhere. */
export function resolve(
  options: RunnerOptions & { readonly migration: string; readonly statement: number; readonly as: 'done' | 'not-done' },
): Promise<MigrationReport> {
  return guarded(options.engine.diagnostics, async () => {
    const { database, engine, migration, statement, as } = options;
    const own = options.migrations.manifest.migrations.find(one => one.name === migration);
    const checksum = own ? ((await options.migrations.body(migration)).up.facts.sums[statement - 1] ?? null) : null;
    if (!(await engine.store.resolve(database, { migration, statement, done: as === 'done', checksum }))) {
      throw new MigrationError({
        code: 'not-there',
        message: `${migration} does not stand at statement ${statement}, or a run is at work`,
        remedy: 'See `status` for where it stands',
        migration,
      });
    }
    const snapshot = await readSnapshot(options, null);
    const { migrations } = await describeMigrations(options, snapshot);
    return migrations.find(one => one.name === migration) ?? describeUnknown(snapshot.history.entries.get(migration)!);
  });
}
