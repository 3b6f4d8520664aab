import { significant } from '../../core/order.ts';
import { withSemicolon } from '../delimiters.ts';
import type { Found, Line } from '../found.ts';
import { textOf } from '../found.ts';
import { cut, half, joined } from '../halves.ts';
import { inNumericOrder } from '../pairs.ts';
import { fillIn } from '../placeholders.ts';
import type { Reading, ToolFiles } from '../reading.ts';

const NAME = /^(\d{1,20})_(.*)\.sql$/;
const UNDO = /^\s*--\s*\/\/\s*@UNDO\b/i;
const DELIMITER = /^\s*--\s*(?:\/\/)?\s*@DELIMITER\s+(\S+)\s*$/i;
/** The name of its own table. */
const OWN_TABLE = /\$\{changelog\}/;
const PLACEHOLDER = /\$\{([^}\s]+)\}/g;

export const files: ToolFiles = {
  title: 'MyBatis Migrations',
  form: '20240101120000_name.sql with `-- //@UNDO`',
  order: 'number',
  read: reading => {
    for (const path of reading.top)
      if (/^(?:bootstrap|onabort)\.sql$/.test(path)) reading.leaveOut(path, 'no migration: it runs at an event');
    return inNumericOrder(
      reading,
      reading.top.flatMap(path => read(reading, path)),
    );
  },
};

function read(reading: Reading, path: string): Found[] {
  const [, version, title] = NAME.exec(path) ?? [];
  if (version === undefined) return [];
  const written = reading.lines(path);
  if (OWN_TABLE.test(textOf(written))) {
    reading.leaveOut(path, 'makes the table of MyBatis Migrations');
    return [];
  }
  const parts = cut(fillIn(reading, path, withSemicolons(written), PLACEHOLDER), text =>
    UNDO.test(text) ? 'down' : undefined,
  );
  return [
    {
      version,
      title: title!,
      id: significant(version),
      up: { file: path, lines: joined(parts, null) },
      down: half(path, parts, 'down'),
    },
  ];
}

/** Between two `@DELIMITER` lines a statement ends at a line that ends in the delimiter: a semicolon takes its place. */
function withSemicolons(lines: readonly Line[]): Line[] {
  let delimiter = ';';
  return lines.flatMap(({ number, text }) => {
    const next = DELIMITER.exec(text)?.[1];
    if (next !== undefined) {
      delimiter = next;
      return [];
    }
    return [withSemicolon({ number, text }, delimiter)];
  });
}
