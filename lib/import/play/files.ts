import { significant } from '../../core/order.ts';
import type { Found } from '../found.ts';
import { cut, half } from '../halves.ts';
import { inNumericOrder } from '../pairs.ts';
import { fillIn } from '../placeholders.ts';
import type { Reading, ToolFiles } from '../reading.ts';

const NAME = /^(\d+)\.sql$/;
const UPS = /^(?:#|--).*!Ups.*$/;
const DOWNS = /^(?:#|--).*!Downs.*$/;
const PLACEHOLDER = /\$evolutions\{\{\{(\w+)\}\}\}/g;

export const files: ToolFiles = {
  title: 'Play',
  form: '1.sql with `-- !Ups`',
  order: 'number',
  read: reading =>
    inNumericOrder(
      reading,
      reading.top.flatMap(path => read(reading, path)),
    ),
};

function read(reading: Reading, path: string): Found[] {
  const version = NAME.exec(path)?.[1];
  if (version === undefined) return [];
  // In the body of a routine two semicolons stand for one.
  const lines = reading.lines(path).map(({ number, text }) => ({ number, text: text.replaceAll(';;', ';') }));
  const parts = cut(fillIn(reading, path, lines, PLACEHOLDER), text => {
    if (UPS.test(text.trim())) return 'up';
    return DOWNS.test(text.trim()) ? 'down' : undefined;
  });
  const up = half(path, parts, 'up');
  if (up === undefined) {
    reading.cannotCarry('not-importable', path, 1, 'The file has no line "-- !Ups"');
    return [];
  }
  return [{ version, title: 'evolution', id: significant(version), up, down: half(path, parts, 'down') }];
}
