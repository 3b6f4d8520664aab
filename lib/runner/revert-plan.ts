import type { Problem } from '../core/errors.ts';
import { type Identity, identitiesOf } from '../core/identity.ts';
import type { Migration, MigrationBody, Script } from '../core/manifest.ts';
import { match } from '../core/match.ts';
import { compareVersions } from '../core/order.ts';
import { isHalfDone, isInForce } from '../core/state.ts';
import { undoNames, type What, withVersion } from '../core/undo.ts';
import type { RunnerOptions } from './options.ts';
import type { Snapshot } from './snapshot.ts';

/** One migration to revert, and with which SQL. */
export interface Revert {
  readonly entry: Identity;
  readonly migration: Migration | undefined;
  readonly down: Script;
  /** Null: only the history knows it. */
  readonly file: string | null;
  /** The line of the file at which the down section begins. */
  readonly firstLine: number;
}

/**
 * Chooses what is reverted, newest first, or says why it cannot be. `chosen`: the names that an earlier turn has chosen. Goes by identity: a
 * migration that was renamed is reverted once, and code that has its old name knows it.
 */
export async function planRevert(
  { database, engine, migrations, what }: RunnerOptions & { readonly what: What },
  snapshot: Snapshot,
  chosen: readonly string[] | undefined,
): Promise<{ reverts: Revert[] } | { problems: Problem[] }> {
  const { manifest } = migrations;
  const matched = match(manifest, snapshot.history, snapshot.facts);
  const identities = identitiesOf(snapshot.history);
  const names = chosen
    ? chosen.filter(name => isInForce(identities.get(name)))
    : undoNames(manifest, snapshot.history, snapshot.facts, what);
  const files = new Map([...matched.own, ...matched.moved].map(([migration, { name }]) => [name, migration]));
  const problems = what === 'missing' ? [] : halfDone([...new Set(identities.values())], names);
  const reverts: Revert[] = [];
  for (const name of names) {
    const entry = identities.get(name)!;
    const migration = files.get(name);
    const own = migration?.revertible ? await migrations.body(migration.name) : null;
    const down = own?.down ?? (await engine.store.readDownScript(database, name));
    const place = own ? placeOfDown(migration!, own) : { file: null, firstLine: 1 };
    if (down) reverts.push({ entry, migration, down, ...place });
    else problems.push(noDown(name));
  }
  return problems.length > 0 ? { problems } : { reverts };
}

/** Of a pair of files it is the other one; else what follows the up section. */
function placeOfDown({ file }: Migration, { up }: MigrationBody): { file: string; firstLine: number } {
  if (file.endsWith('.up.sql')) return { file: file.replace(/\.up\.sql$/, '.down.sql'), firstLine: 1 };
  return { file, firstLine: up.content.split('\n').length };
}

function noDown(name: string): Problem {
  return {
    code: 'no-down',
    message: `${name} has no down section, neither in a file nor stored with it`,
    remedy: 'Write one below `-- migrate:down`, or undo it with a new migration',
    migration: name,
  };
}

/** What is half done above the lowest that is to be undone: it must come to its end first. */
function halfDone(identities: readonly Identity[], undone: readonly string[]): Problem[] {
  const lowest = undone.flatMap(withVersion).at(-1);
  if (!lowest) return [];
  const isAbove = ({ name }: Identity) =>
    withVersion(name).some(({ version }) => compareVersions(version, lowest.version) >= 0);
  return identities
    .filter(one => isHalfDone(one) && isAbove(one))
    .map(({ name }) => ({
      code: 'half-done',
      message: `${name} is half done: some of its statements are executed, others are not`,
      remedy: 'Run it to its end first (`up`), then undo it',
      migration: name,
    }));
}
