import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../lib/compile/index.ts';
import { TRACKING_MIGRATION } from '../../lib/core/manifest.ts';
import { statementsOf } from '../../lib/core/script.ts';
import { ROOT } from '../folders.ts';
import type { BenchMigration } from '../migrations.ts';

/** The migrations that Authelia has published, where they lie beside the project: they are read from there, never copied. */
const FOLDER = join(ROOT, '..', 'shared', 'corpora', 'authelia', 'postgresql');

/** Its up migrations, cut into statements: the other tools must be given them one by one. Undefined where they are not there. */
export async function authelia(): Promise<readonly BenchMigration[] | undefined> {
  if (!existsSync(FOLDER)) return undefined;
  const { manifest, bodies } = await compile({ dir: FOLDER, engine: 'postgresql' });
  const names = manifest.migrations.map(({ name }) => name).filter(name => name !== TRACKING_MIGRATION);
  const cut = (name: string) => statementsOf(bodies.get(name)!.up).map(({ sql }) => sql.trim().replace(/;$/, ''));
  return names.map(name => ({ name, statements: cut(name) }));
}
