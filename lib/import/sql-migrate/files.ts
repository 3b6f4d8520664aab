import { compareVersions } from '../../core/order.ts';
import type { Found } from '../found.ts';
import { textOf } from '../found.ts';
import { cut, half, joined } from '../halves.ts';
import type { Reading, ToolFiles } from '../reading.ts';
import { hasStatements } from '../sql.ts';
import { byCodeUnit } from '../tree.ts';

const NAME = /^(\d*)(.*)\.sql$/;
const MARKER = /^-- \+migrate\s+(\S+)\s*(.*?)\s*$/;

export const files: ToolFiles = {
  title: 'sql-migrate',
  form: 'NAME.sql with `-- +migrate Up`',
  order: 'own',
  allowsTies: true,
  // Numbers first, by number; what has none after them, by name.
  read: reading =>
    reading.top
      .flatMap(path => read(reading, path))
      .sort((a, b) => {
        if (a.version !== null && b.version !== null)
          return compareVersions(a.version, b.version) || byCodeUnit(a.id, b.id);
        if (a.version === null && b.version === null) return byCodeUnit(a.id, b.id);
        return a.version === null ? 1 : -1;
      }),
};

function read(reading: Reading, path: string): Found[] {
  const [, version, title] = NAME.exec(path) ?? [];
  if (title === undefined) return [];
  const isNonTransactional = { up: false, down: false };
  const parts = cut(reading.lines(path), text => {
    const [, word, options = ''] = MARKER.exec(text) ?? [];
    if (word === undefined) return undefined;
    if (word !== 'Up' && word !== 'Down') return null;
    const direction = word === 'Up' ? 'up' : 'down';
    if (/\bnotransaction\b/.test(options)) isNonTransactional[direction] = true;
    return direction;
  });
  const up = half(path, parts, 'up', isNonTransactional.up);
  const head = joined(parts, null);
  if (up === undefined) {
    reading.cannotCarry('not-importable', path, 1, 'The file has no line "-- +migrate Up"');
    return [];
  }
  const isIgnored = hasStatements(textOf(head), reading.engine);
  if (isIgnored) reading.note(path, 'statements before the first marker were left out: sql-migrate never ran them');
  const lines = isIgnored ? up.lines : [...head, ...up.lines];
  const down = half(path, parts, 'down', isNonTransactional.down);
  return [{ version: version || null, title, id: path, up: { ...up, lines }, down }];
}
