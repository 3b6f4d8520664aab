import type { Manifest } from '../core/manifest.ts';
import { upTo } from '../core/plan.ts';
import type { Compiled } from './compile.ts';
import { UNNEEDED } from './safety.ts';

/** What the safety rules say of a folder. */
export type Judged = Pick<Compiled, 'findings' | 'warnings'>;

/**
 * Leaves out what the safety rules say of migrations that are not judged: their findings, and that a comment of theirs lets nothing pass.
 * `isJudged` is asked with the name of a migration.
 */
export function onlyJudged({ findings, warnings }: Judged, isJudged: (migration: string) => boolean): Judged {
  return {
    findings: findings.filter(({ migration }) => isJudged(migration)),
    warnings: warnings.filter(
      ({ code, migration }) => code !== UNNEEDED || migration === undefined || isJudged(migration),
    ),
  };
}

/** The names of the migrations below a version (`2`, `002`, or the name of one). Throws `unknown-version`. */
export function olderThan(manifest: Manifest, version: string): string[] {
  return upTo(manifest, version)
    .slice(0, -1)
    .map(({ name }) => name);
}
