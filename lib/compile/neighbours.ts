import type { Problem } from '../core/errors.ts';
import { replacedPresent } from '../core/identity-problems.ts';
import type { Migration } from '../core/manifest.ts';
import { FILE_NAME_RULE } from '../core/name.ts';
import { compareVersions } from '../core/order.ts';
import type { Strays } from './folder.ts';

// What is wrong with a folder as a whole, and what its files look like beside each other.

/** What lies in a folder and is not read. `isEmpty`: nothing else is there. */
export function checkStrays(
  { files, folders }: Strays,
  dir: string,
  path: string,
  isEmpty: boolean,
): { errors: Problem[]; warnings: Problem[] } {
  const place = (name: string) => ({ place: { file: path === '' ? name : `${path}/${name}`, line: 1 } });
  if (isEmpty) return { errors: [emptyFolder(dir, files, folders)], warnings: [] };
  const ofFiles = files.map(
    (name): Problem => ({
      code: 'ignored-file',
      message: `${name} is not read: a migration ends in .sql`,
      remedy: 'Name it in small letters, or move it to another folder',
      ...place(name),
    }),
  );
  const ofFolders = folders.map(
    ({ name, file }): Problem => ({
      code: 'ignored-file',
      message: `The folder ${name} is not read, and it holds ${file}`,
      remedy: 'Move its files up as migrations, or the folder to another place',
      ...place(name),
    }),
  );
  return { errors: [], warnings: [...ofFiles, ...ofFolders] };
}

function emptyFolder(dir: string, files: Strays['files'], folders: Strays['folders']): Problem {
  const [first] = folders;
  const [file] = files;
  const message = `Folder ${dir} holds no .sql file`;
  const rule = `Put a migration in it: ${FILE_NAME_RULE}`;
  if (first) {
    const layout = LAYOUTS[first.file];
    const like = layout === undefined ? '' : `, the layout of ${layout}`;
    const inside = `${first.name}/${first.file}`;
    return {
      code: 'empty-folder',
      message: `${message}, but ${inside}${like}`,
      remedy: `Folders are not read: name it ${first.name}.sql, or name the folder that holds the files`,
    };
  }
  if (file)
    return {
      code: 'empty-folder',
      message: `${message}, but ${file}`,
      remedy: 'A migration ends in .sql, in small letters',
    };
  return { code: 'empty-folder', message, remedy: rule };
}

const LAYOUTS: Readonly<Record<string, string>> = {
  'migration.sql': 'Prisma',
  'up.sql': 'diesel',
  'down.sql': 'diesel',
};

/** Migrations that are right each by itself and look wrong beside the others. */
export function checkNeighbours(migrations: readonly Migration[]): Problem[] {
  return [...shortVersions(migrations), ...sameStatements(migrations)];
}

/** A squash, and a file that it replaces: on a new database both would run. */
export function checkReplaced(migrations: readonly Migration[]): Problem[] {
  const byName = new Map(migrations.map(migration => [migration.name, migration]));
  return migrations.flatMap(file => {
    const present = file.replaces.flatMap(({ name }) => byName.get(name) ?? []);
    return present.slice(0, 1).map(one => replacedPresent(file, one));
  });
}

/** A version of date form that is shorter than the others is a smaller number, so that it comes before them whatever its date. */
function shortVersions(migrations: readonly Migration[]): Problem[] {
  const dates = migrations.filter(({ version }) => version !== null && DATE.test(version));
  const longest = dates.reduce((length, { version }) => Math.max(length, version!.length), 0);
  return dates
    .filter(({ version }) => version!.length < longest)
    .flatMap(({ name, file, version }) => {
      const later = dates.find(
        other =>
          other.version!.length === longest &&
          other.version! < version! &&
          compareVersions(version!, other.version!) < 0,
      );
      if (!later) return [];
      return {
        code: 'short-version',
        message: `Version ${version} has ${version!.length} digits, and others ${longest}: it comes before ${later.name}, which is older`,
        remedy: `Give it ${longest} digits: ${version!.padEnd(longest, '0')}`,
        migration: name,
        place: { file, line: 1 },
      };
    });
}

/** `20260314`, `202603140930`, `20260314093000`. */
const DATE = /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(\d{2}|\d{4}|\d{6}|\d{9})?$/;

/** On a new database both run. */
function sameStatements(migrations: readonly Migration[]): Problem[] {
  const seen = new Map<string, Migration>();
  return migrations.flatMap((migration): Problem[] => {
    const { version, once, statementsChecksum, again, name, file } = migration;
    if (version === null || once.length === 0 || once.some(sum => sum === '')) return [];
    const first = seen.get(statementsChecksum);
    seen.set(statementsChecksum, first ?? migration);
    if (!first || again.includes(first.name)) return [];
    return [
      {
        code: 'same-statements',
        message: `${name} has the statements of ${first.name}: on a new database both run`,
        remedy: `Delete one of the two; if they are meant to run twice, write \`-- migrate:up again:${first.name}\``,
        migration: name,
        place: { file, line: 1 },
      },
    ];
  });
}
