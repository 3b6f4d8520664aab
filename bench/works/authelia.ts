import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compile } from '../../lib/compile/index.ts';
import { TRACKING_MIGRATION } from '../../lib/core/manifest.ts';
import { ROOT } from '../folders.ts';
import type { BenchMigration } from '../migrations.ts';

/** The migrations that Authelia has published, where they lie beside the project: they are read from there, never copied. */
const FOLDER = join(ROOT, '..', 'shared', 'corpora', 'authelia', 'postgresql');

/** Its up migrations, cut into statements: the other tools must be given them one by one. Undefined where they are not there. */
export async function authelia(): Promise<readonly BenchMigration[] | undefined> {
  if (!existsSync(FOLDER)) return undefined;
  const { manifest, bodies } = await compile({ dir: FOLDER, engine: 'postgresql' });
  const names = manifest.migrations.map(({ name }) => name).filter(name => name !== TRACKING_MIGRATION);
  return names.map(name => ({ name, statements: cut(bodies.get(name)!.up) }));
}

function cut({ content, facts }: { content: string; facts: { pieces: readonly number[] } }): string[] {
  const bytes = Buffer.from(content, 'utf8');
  let at = 0;
  return facts.pieces.flatMap(piece => {
    const text = bytes.subarray(at, at + Math.abs(piece)).toString('utf8');
    at += Math.abs(piece);
    return piece > 0 ? [text.trim().replace(/;$/, '')] : [];
  });
}
