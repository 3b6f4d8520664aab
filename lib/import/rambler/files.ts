import { type Found, textOf } from '../found.ts';
import { cut, half, joined } from '../halves.ts';
import type { Reading, ToolFiles } from '../reading.ts';
import { hasStatements } from '../sql.ts';

const NAME = /^(\d*)(.*)\.sql$/;
const MARKER = /^-- rambler\s*(.*?)\s*$/;

/** Sections alternate: those of up run in the order of the file, those of down in the reverse order. */
export const files: ToolFiles = {
  title: 'rambler',
  form: 'NAME.sql with `-- rambler up`',
  order: 'text',
  allowsTies: true,
  read: reading => reading.top.flatMap(path => read(reading, path)),
};

function read(reading: Reading, path: string): Found[] {
  const [, version, title] = NAME.exec(path) ?? [];
  if (title === undefined) return [];
  const parts = cut(reading.lines(path), text => {
    const word = MARKER.exec(text)?.[1];
    return word === undefined ? undefined : word === 'up' || word === 'down' ? word : 'ignored';
  });
  const up = half(path, parts, 'up');
  if (up === undefined) {
    reading.cannotCarry('not-importable', path, 1, 'The file has no line "-- rambler up"');
    return [];
  }
  const head = joined(parts, null);
  const isIgnored = hasStatements(textOf(head), reading.engine);
  if (isIgnored) reading.note(path, 'statements before the first marker were left out: rambler never ran them');
  return [
    {
      version: version || null,
      title,
      id: path,
      up: { ...up, lines: isIgnored ? up.lines : [...head, ...up.lines] },
      down: half(path, parts.toReversed(), 'down'),
    },
  ];
}
