import { readFileSync } from 'node:fs';
import { textChecksum } from '../core/checksum.ts';
import { type EngineName, type Migration, type MigrationBody, TRACKING_MIGRATION } from '../core/manifest.ts';

/** The migration that makes the tracking tables. It comes with the package, and is one piece: the engine knows how to send it. */
export function trackingMigration(engine: EngineName): { readonly entry: Migration; readonly body: MigrationBody } {
  // From lib/compile in the repository, from dist/lib/compile in the package: both have sql/ two folders up.
  const content = readFileSync(new URL(`../../sql/tracking/${engine}.sql`, import.meta.url), 'utf8');
  const checksum = textChecksum(content);
  const facts = {
    pieces: [Buffer.byteLength(content)],
    lines: [1],
    sums: [checksum.slice(0, 16)],
    rows: [],
    alone: [],
    session: [],
  };
  const entry: Migration = {
    name: TRACKING_MIGRATION,
    version: '000',
    file: `sql/tracking/${engine}.sql`,
    description: 'The tracking tables',
    created: null,
    checksum,
    statementsChecksum: checksum,
    mode: 'atomic',
    reapply: false,
    statements: 1,
    revertible: false,
    names: [],
    drops: [],
    once: [],
    destructive: null,
    ifNotExists: null,
    replaces: [],
    again: [],
  };
  return { entry, body: { up: { content, facts }, down: null } };
}
