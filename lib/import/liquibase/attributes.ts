import type { Reading } from '../reading.ts';

/** Attributes of a changeset, their names in lower case. */
export type Attributes = Readonly<Record<string, string>>;

const NAMES = { postgresql: ['postgresql'], mysql: ['mysql', 'mariadb'] } as const;

/** Attributes that change whether or how a changeset runs, in a way that a migration cannot. */
const REFUSED: Readonly<Record<string, (value: string) => boolean>> = {
  runalways: value => value === 'true',
  failonerror: value => value === 'false',
  runwith: () => true,
};

/** Whether a changeset is imported: one for another engine, or for contexts that are not given, is listed. What cannot be told is reported. */
export function isCarried(reading: Reading, path: string, line: number, id: string, attributes: Attributes): boolean {
  for (const [name, isRefused] of Object.entries(REFUSED)) {
    const value = attributes[name];
    if (value === undefined || !isRefused(value)) continue;
    reading.cannotCarry(
      'not-importable',
      path,
      line,
      `"${name}:${value}" of a changeset cannot be carried over`,
      `Take it out in a copy of the file, or leave the changeset out with --skip "${id}"`,
    );
  }
  const { dbms } = attributes;
  if (dbms !== undefined && !runsOn(dbms, NAMES[reading.engine])) {
    reading.leaveOut(path, `${id} is for ${dbms}`);
    return false;
  }
  return (
    isChosen(reading, path, line, id, 'contexts', attributes.context ?? attributes.contextfilter) &&
    isChosen(reading, path, line, id, 'labels', attributes.labels)
  );
}

function runsOn(dbms: string, names: readonly string[]): boolean {
  const list = dbms.split(',').map(name => name.trim().toLowerCase());
  const excluded = list.filter(name => name.startsWith('!')).map(name => name.slice(1));
  const wanted = list.filter(name => !name.startsWith('!'));
  if (names.some(name => excluded.includes(name)) || wanted.includes('none')) return false;
  return wanted.length === 0 || wanted.includes('all') || names.some(name => wanted.includes(name));
}

/** Which contexts (labels) Liquibase is run with decides: no file says it, so it must be given. An empty list runs everything. */
function isChosen(
  reading: Reading,
  path: string,
  line: number,
  id: string,
  setting: 'contexts' | 'labels',
  expression: string | undefined,
): boolean {
  if (expression === undefined) return true;
  const given = reading.settings.value(setting);
  if (given === undefined || /[()]/.test(expression)) {
    const remedy = `Give those that Liquibase runs with: --set ${setting}=NAME,NAME (--set ${setting}= where it runs with none), or leave the changeset out with --skip "${id}"`;
    reading.cannotCarry(
      'not-importable',
      path,
      line,
      `Whether it runs depends on its ${setting}, ${expression}`,
      remedy,
    );
    return true;
  }
  const names = given.split(',').flatMap(name => name.trim().toLowerCase() || []);
  if (names.length === 0 || matches(expression.toLowerCase(), names)) return true;
  reading.leaveOut(path, `${id} is for the ${setting} ${expression}`);
  return false;
}

function matches(expression: string, names: readonly string[]): boolean {
  return expression.split(/,|\bor\b/).some(alternative =>
    alternative.split(/\band\b/).every(term => {
      const [, not, name = ''] = /^\s*(!|not\s+)?\s*(.*?)\s*$/.exec(term) ?? [];
      return names.includes(name) !== Boolean(not);
    }),
  );
}
