import type { Problem } from './errors.ts';
import type { Identity } from './identity.ts';
import type { Migration } from './manifest.ts';
import { nextVersion } from './name-parts.ts';
import { isHalfDone } from './state.ts';

// What stops a plan because it is not certain which migration of the history a file is.

function at({ name, file }: Migration, problem: Pick<Problem, 'code' | 'message' | 'remedy'>): Problem {
  return { ...problem, migration: name, place: { file, line: 1 } };
}

export function nameReused(file: Migration, owner: Migration): Problem {
  return at(file, {
    code: 'name-reused',
    message: `${file.name} was applied here and is ${owner.name} now`,
    remedy: 'Delete the copy, or give the new migration a name of its own',
  });
}

export function replacedPresent(file: Migration, present: Migration): Problem {
  return at(file, {
    code: 'replaced-present',
    message: `${file.name} replaces ${present.name}, which is still in this folder`,
    remedy: `Delete ${present.file}, or take its name out of \`replaces:\``,
  });
}

export function replacedChanged(file: Migration, name: string): Problem {
  return at(file, {
    code: 'replaced-changed',
    message: `${file.name} replaces ${name}, which was applied here with other statements`,
    remedy: `Deploy the last version of the folder that has ${name} first, then this one`,
  });
}

export function partlyReplaced(file: Migration, applied: number, missing: string): Problem {
  return at(file, {
    code: 'partly-replaced',
    message: `${file.name} replaces ${file.replaces.length} migrations, of which ${applied} ${applied === 1 ? 'is' : 'are'} applied here completely`,
    remedy: `Deploy the last version of the folder that has ${missing} first, then this one`,
  });
}

export function otherHook(file: Migration, one: Identity): Problem {
  return at(file, {
    code: 'other-hook',
    message: `${file.name} has the statements of ${one.name}, which another deploy hook applied here`,
    remedy: 'Give each deploy hook a table of its own with the option table',
  });
}

/** `equal`: how many of its statements were executed; `all`: the other one had no other statements. */
export function alreadyExecuted(file: Migration, one: Identity, equal: number, all: boolean): Problem {
  if (isHalfDone(one)) return at(file, { code: 'already-executed', ...keepName(file, one) });
  if (all)
    return at(file, {
      code: 'already-executed',
      message: `${file.name} has the statements of ${one.name}, which is applied here and is not in this folder`,
      remedy: `If it is the same migration, write \`-- migrate:up replaces:${one.name}\`; if it is meant to run once more, \`-- migrate:up again:${one.name}\``,
    });
  return at(file, {
    code: 'already-executed',
    message: `${equal} of ${file.statements} statements of ${file.name} were executed here as part of ${one.name}`,
    remedy: `Put ${one.name} back and change it by a new migration; if they are meant to run once more, write \`-- migrate:up again:${one.name}\``,
  });
}

export function renamedAndChanged(
  file: Migration,
  one: Identity,
  what: 'number' | 'words',
  object: string,
  folder: readonly Migration[],
): Problem {
  if (isHalfDone(one)) return at(file, { code: 'renamed-and-changed', ...keepName(file, one) });
  const free = nextVersion(folder.flatMap(({ version }) => version ?? []));
  const own = what === 'number' ? `a number of its own (${free} is free)` : 'other words';
  return at(file, {
    code: 'renamed-and-changed',
    message: `${file.name} has the ${what} of ${one.name}, which is applied here, is not in this folder and names ${object} too`,
    remedy: `If it was renamed, rename in one deploy and edit in another; if these are two migrations, give ${file.name} ${own}; if ${one.name} is no longer wanted, undo it first (\`down\`)`,
  });
}

function keepName(file: Migration, one: Identity): Pick<Problem, 'message' | 'remedy'> {
  return {
    message: `${one.name} is half done (${one.latest.statementsApplied} of its statements executed), and ${file.name} looks like it, renamed and edited`,
    remedy: `Keep the name ${one.name} until it is done`,
  };
}

export function historyGone(file: Migration, gone: number): Problem {
  return at(file, {
    code: 'history-gone',
    message: `None of the ${gone} migrations applied here is in this folder before ${file.name}`,
    remedy: `If ${file.name} is a squash, list what it contains with \`-- migrate:replaces\`; else this is the wrong folder or the wrong database`,
  });
}

export function notInSquash(file: Migration, name: string): Problem {
  return at(file, {
    code: 'history-gone',
    message: `${file.name} replaces nothing that is applied here: ${name} is applied, and neither in its list nor in this folder`,
    remedy: 'Add the missing names to `replaces:`; else this is the wrong folder or the wrong database',
  });
}
