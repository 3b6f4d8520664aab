import type { Problem } from './errors.ts';
import type { History } from './history.ts';
import type { Manifest, Migration } from './manifest.ts';
import { isInForce, missing } from './state.ts';

/** What to do with an applied migration whose statements were edited. @default 'reapply' */
export type OnChanged = 'reapply' | 'fail' | 'ignore';

const waysOut =
  'Undo the edit, write a new migration, or, if its statements may run again, put `-- migrate:up reapply:true` into the file';

const otherHookRemedy =
  'If that hook is this one before it was moved, deploy the stack that it was moved out of, then this one again. Else give each deploy hook a table of its own with the option table';

/**
 * Why a migration that is in force must not simply be applied again with other statements: it could change the schema, or data, behind
 * somebody's back. Null: it may be.
 */
export function whyNotAgain(
  manifest: Manifest,
  history: History,
  migration: Migration,
  onChanged: OnChanged,
): Problem | null {
  // A repeatable one is there to be edited.
  if (migration.version === null) return null;
  const { name, destructive } = migration;
  const { status, byOtherHook } = history.entries.get(name)!.inForce!;
  const no = (code: string, message: string, remedy = waysOut, line = 1): Problem => ({
    code,
    message,
    remedy,
    migration: name,
    place: { file: migration.file, line },
  });
  if (onChanged === 'fail')
    return no('changed', `${name} was changed after it was applied`, 'Undo the edit, or write a new migration');
  if (byOtherHook) {
    const message = `${name} was applied by another deploy hook, with other statements`;
    return no('other-hook', message, otherHookRemedy);
  }
  if (migration.reapply) return null;
  if (status === 'baselined') {
    const message = `${name} was changed, but it never ran here: it was baselined`;
    return no('changed-baselined', message, 'Undo the edit, or write a new migration');
  }
  if (destructive) {
    const message = `${name} was changed after it was applied, and to apply it again is not harmless: it ${destructive.what}`;
    return no('changed-destructive', message, waysOut, destructive.line);
  }
  const above = builtOnIt(manifest, history, migration);
  return above === null ? null : no('changed-below', above);
}

/** What was applied later and may need what this migration made: then to make it anew is not harmless. */
function builtOnIt(manifest: Manifest, history: History, migration: Migration): string | null {
  const { name } = migration;
  const since = history.entries.get(name)!.inForce!.at;
  const position = manifest.migrations.indexOf(migration);
  const own = new Set(migration.names);
  for (const [place, other] of manifest.migrations.entries()) {
    const its = history.entries.get(other.name);
    if (other === migration || !isInForce(its) || (place < position && its!.inForce!.at <= since)) continue;
    const shared = other.names.find(one => own.has(one));
    if (shared === '*')
      return `${name} was changed after it was applied, but ${other.name} was applied later, and DDL cannot be taken back there`;
    if (shared !== undefined)
      return `${name} was changed after it was applied, but ${other.name}, applied later, names ${shared} too`;
  }
  const stranger = missing(manifest, history).find(other => other.inForce!.at > since);
  if (!stranger) return null;
  return `${name} was changed after it was applied, and ${stranger.name}, applied later, is not in this folder: whether it builds on this one cannot be known`;
}
