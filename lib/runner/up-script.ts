import type { Migration, MigrationBody } from '../core/manifest.ts';

/** What is executed and recorded of a migration that is applied. */
export function upScript(
  { name, version, checksum, statementsChecksum, names, once, drops }: Migration,
  { up, down }: MigrationBody,
) {
  const about = { direction: 'up', name, version, checksum, statementsChecksum, names } as const;
  return { ...about, script: up, identity: { once, names, drops }, downScript: down };
}
