import { significant } from '../../core/order.ts';
import type { Found, Line } from '../found.ts';
import { textOf } from '../found.ts';
import { cut, half, joined, type Marker } from '../halves.ts';
import { inNumericOrder } from '../pairs.ts';
import { fillIn } from '../placeholders.ts';
import type { Reading, ToolFiles } from '../reading.ts';
import { hasStatements } from '../sql.ts';

const NAME = /^(\d+)_(.*)\.sql$/;
const MARKER = /^--\s*\+goose\s+(.*?)\s*$/i;
const VARIABLE = /\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)|\$\{[^}]*\}|\$\$|\$\w+/g;

export const files: ToolFiles = {
  title: 'goose',
  form: '00001_name.sql with `-- +goose Up`',
  order: 'number',
  read: reading =>
    inNumericOrder(
      reading,
      reading.top.flatMap(path => read(reading, path)),
    ),
};

function read(reading: Reading, path: string): Found[] {
  const [, version, title] = NAME.exec(path) ?? [];
  if (version === undefined) return [];
  const state = { isNonTransactional: false, replaces: false };
  const replaced = new Set<number>();
  const parts = cut(reading.lines(path), (text, { number }) => {
    const marker = markerOf(MARKER.exec(text)?.[1]?.toLowerCase(), state);
    if (marker === undefined && state.replaces) replaced.add(number);
    return marker;
  });
  const values = (lines: readonly Line[]) =>
    lines.flatMap(line => (replaced.has(line.number) ? fillIn(reading, path, [line], VARIABLE) : [line]));
  const up = half(path, parts, 'up', state.isNonTransactional);
  const down = half(path, parts, 'down', state.isNonTransactional);
  const head = joined(parts, null);
  if (up === undefined || hasStatements(textOf(head), reading.engine)) {
    const message = up ? 'Statements stand before "+goose Up"' : 'The file has no line "-- +goose Up"';
    reading.cannotCarry('not-importable', path, 1, message);
    return [];
  }
  return [
    {
      version,
      title: title!,
      id: significant(version),
      up: { ...up, lines: values([...head, ...up.lines]) },
      down: down && { ...down, lines: values(down.lines) },
    },
  ];
}

function markerOf(
  word: string | undefined,
  state: { isNonTransactional: boolean; replaces: boolean },
): Marker | undefined {
  if (word === undefined) return undefined;
  if (word === 'up' || word === 'down') return word;
  if (word === 'no transaction') state.isNonTransactional = true;
  if (/^envsub\s+on$/.test(word)) state.replaces = true;
  if (/^envsub\s+off$/.test(word)) state.replaces = false;
  return null;
}
