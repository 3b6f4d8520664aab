import type { Found, Half } from '../found.ts';
import type { Reading, ToolFiles } from '../reading.ts';

const NAME = /^(?:.*\/)?((\d+)-(.*))-(up|down)\.sql$/;

/** The SQL behind the generated `.js` files, which are listed and not read. */
export const files: ToolFiles = {
  title: 'db-migrate',
  form: 'sqls/20240101120000-name-up.sql',
  order: 'text',
  allowsTies: true,
  read: reading => {
    const halves = new Map<string, string>(
      reading.paths.filter(path => NAME.test(path)).map(path => [NAME.exec(path)![1]! + NAME.exec(path)![4]!, path]),
    );
    const found = reading.paths.flatMap(path => read(reading, path, halves));
    for (const path of reading.paths) if (/\.(?:js|cjs|mjs|ts)$/.test(path)) code(reading, path, found);
    return found;
  },
};

function read(reading: Reading, path: string, halves: ReadonlyMap<string, string>): Found[] {
  const [, base, version, title, part] = NAME.exec(path) ?? [];
  if (base === undefined || part !== 'up') return [];
  const down = halves.get(`${base}down`);
  const half = (file: string): Half => ({ file, lines: reading.lines(file) });
  return [
    {
      version: version!,
      title: title!,
      id: `/${base}`,
      up: half(path),
      down: down === undefined ? undefined : half(down),
    },
  ];
}

/** A file of code that has SQL beside it is taken for the generated one, which does nothing but execute that. */
function code(reading: Reading, path: string, found: readonly Found[]): void {
  const name = path.replace(/^.*\//, '').replace(/\.\w+$/, '');
  if (!/^\d/.test(name)) reading.leaveOut(path, 'no migration');
  else if (found.some(({ id }) => id === `/${name}`))
    reading.leaveOut(path, 'was not read: its SQL files were imported');
  else
    reading.cannotCarry(
      'not-importable',
      path,
      1,
      'The migration is code, with no SQL file beside it',
      `Write its SQL as a migration in a copy of the folder, or leave it out with --skip "${path}"`,
    );
}
