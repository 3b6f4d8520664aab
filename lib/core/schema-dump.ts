import { MigrationError } from './errors.ts';
import type { Schema, SchemaObject } from './schema.ts';

/**
 * The file format of a dump: SQL in which every object has a line of its own above it, `-- table: public.users`. Read back by those lines.
 * Where the SQL itself has a line that looks like one (the body of a function may), all of them begin with more dashes, and the first line
 * of the file says so.
 */
const TITLE = 'aurora-migrations: the schema of a database, format 1';
const NOT_DUMPED = 'not dumped';

/** Whether a text begins as a dump does. */
export function isDump(text: string): boolean {
  return text.startsWith(`-- ${TITLE}`);
}

/** A dump as text. Objects stand in the order given. */
export function formatDump({ objects, notDumped }: Schema, preamble: string): string {
  const mark = markFor(objects);
  const parts = [
    `-- ${TITLE}${mark === '--' ? '' : `, marked by ${mark}`}\n`,
    `${preamble.trimEnd()}\n`,
    ...objects.map(({ kind, name, sql }) => `${mark} ${kind}: ${escaped(name)}\n${sql}\n`),
  ];
  if (notDumped.length > 0) parts.push(notDumped.map(what => `${mark} ${NOT_DUMPED}: ${escaped(what)}\n`).join(''));
  return parts.join('\n');
}

/** Read a dump back. Throws `not-a-dump`. */
export function parseDump(text: string, file = 'the file'): Schema {
  const unix = /^[^\n]*\r\n/.test(text) ? text.replaceAll('\r\n', '\n') : text;
  const [first = '', ...lines] = unix.replace(/^\uFEFF/, '').split('\n');
  if (!first.startsWith(`-- ${TITLE}`)) throw notADump(file, 'its first line is not that of a dump');
  const mark = /, marked by (-+)$/.exec(first.trimEnd())?.[1] ?? '--';
  const header = headerLine(mark);
  const objects: SchemaObject[] = [];
  const notDumped: string[] = [];
  let current: { kind: string; name: string; lines: string[] } | undefined;
  const finish = () => {
    if (current) objects.push({ kind: current.kind, name: current.name, sql: current.lines.join('\n').trim() });
    current = undefined;
  };
  for (const line of lines) {
    const [, kind, name] = header.exec(line) ?? [];
    if (kind === undefined || name === undefined) {
      current?.lines.push(line);
      continue;
    }
    finish();
    if (kind === NOT_DUMPED) notDumped.push(unescaped(name));
    else current = { kind, name: unescaped(name), lines: [] };
  }
  finish();
  return { objects, notDumped };
}

function markFor(objects: readonly SchemaObject[]): string {
  for (let mark = '--'; ; mark += '-') {
    const header = new RegExp(headerLine(mark).source, 'm');
    if (!objects.some(({ sql }) => header.test(sql))) return mark;
  }
}

function headerLine(mark: string): RegExp {
  return new RegExp(`^${mark} ([a-z]+(?: [a-z]+)*): (.+)$`);
}

/** A quoted name may hold a line end. */
function escaped(name: string): string {
  return name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
}

function unescaped(name: string): string {
  return name.replace(/\\(.)/g, (_, letter: string) => ({ n: '\n', r: '\r' })[letter] ?? letter);
}

function notADump(file: string, why: string): MigrationError {
  return new MigrationError({
    code: 'not-a-dump',
    message: `${file} was not written by \`dump\`: ${why}`,
    remedy: 'Write it anew with `aurora-migrations dump`',
  });
}
