import type { Problem } from './errors.ts';
import type { FactsByName, Identity } from './identity.ts';
import type { Manifest, Migration } from './manifest.ts';
import type { Matched } from './match.ts';
import { compareMigrations } from './order.ts';
import { isInForce } from './state.ts';

/** What to do with an applied migration whose statements were edited. @default 'reapply' */
export type OnChanged = 'reapply' | 'fail' | 'ignore';

/** What decides whether an edited migration may be applied again. */
export interface Surroundings {
  readonly manifest: Manifest;
  readonly matched: Matched;
  readonly onChanged: OnChanged;
  readonly facts: FactsByName;
}

const waysOut =
  'Undo the edit, write a new migration, or, if its statements may run again, put `-- migrate:up reapply:true` into the file';

const otherHookRemedy =
  'If that hook is this one before it was moved, deploy the stack that it was moved out of, then this one again. Else give each deploy hook a table of its own with the option table';

/**
 * Why an applied migration must not simply be applied again with other statements: a second run could silently change the schema or data, or
 * would not make true what the file says. Null: it may be.
 */
export function whyNotAgain(around: Surroundings, migration: Migration, identity: Identity): Problem | null {
  // A repeatable one is there to be edited.
  if (migration.version === null) return null;
  const { name, destructive, ifNotExists } = migration;
  const no = (code: string, message: string, remedy = waysOut, line = 1): Problem => ({
    code,
    message,
    remedy,
    migration: name,
    place: { file: migration.file, line },
  });
  if (around.onChanged === 'fail')
    return no('changed', `${name} was changed after it was applied`, 'Undo the edit, or write a new migration');
  if (identity.inForce?.byOtherHook) {
    const message = `${name} was applied by another deploy hook, with other statements`;
    return no('other-hook', message, otherHookRemedy);
  }
  if (migration.reapply) return null;
  if (identity.executedAt === null) {
    const message = `${name} was changed, but it never ran here: it was baselined`;
    return no('changed-baselined', message, 'Undo the edit, or write a new migration');
  }
  if (destructive) {
    const message = `${name} was changed after it was applied, and to apply it again is not harmless: it ${destructive.what}`;
    return no('changed-destructive', message, waysOut, destructive.line);
  }
  const removed = around.facts.get(identity.name)?.names.find(one => !migration.names.includes(one));
  if (removed !== undefined) {
    const message = `${name} no longer names ${removed}, which it named when it was applied; applying it again would not take that back`;
    return no('changed-removed', message);
  }
  const above = builtOnIt(around, migration, identity);
  if (above !== null) return no('changed-below', above);
  if (ifNotExists) {
    const message = `${name} was changed after it was applied, and to apply it again may change nothing: it ${ifNotExists.what}`;
    return no('changed-if-not-exists', message, waysOut, ifNotExists.line);
  }
  return null;
}

/** What was applied later and may need what this migration made: then to make it anew is not harmless. */
function builtOnIt({ manifest, matched }: Surroundings, migration: Migration, identity: Identity): string | null {
  const { name } = migration;
  const since = identity.executedAt ?? 0;
  const own = new Set(migration.names);
  for (const other of manifest.migrations) {
    const its = matched.own.get(other) ?? matched.moved.get(other);
    if (other === migration || !isInForce(its)) continue;
    if (compareMigrations(other, migration) < 0 && (its?.executedAt ?? 0) <= since) continue;
    const shared = other.names.find(one => own.has(one));
    if (shared === '*')
      return `${name} was changed after it was applied, but ${other.name} was applied later, and DDL cannot be taken back there`;
    if (shared !== undefined)
      return `${name} was changed after it was applied, but ${other.name}, applied later, names ${shared} too`;
  }
  const stranger = matched.unknown.find(other => isInForce(other) && (other.executedAt ?? 0) > since);
  if (!stranger) return null;
  return `${name} was changed after it was applied, and ${stranger.name}, applied later, is not in this folder: whether it builds on this one cannot be known`;
}
