import { readPairs } from '../pairs.ts';
import type { ToolFiles } from '../reading.ts';

const NAME = /^(\d+)_(.*)\.(down|up)\.(.*)$/;

/** A file is one simple query there: an empty down file is a migration back that does nothing. */
export const files: ToolFiles = {
  title: 'golang-migrate',
  form: '000001_name.up.sql and 000001_name.down.sql',
  order: 'number',
  read: reading =>
    readPairs(
      reading,
      path => {
        const [, version, title, half] = NAME.exec(path) ?? [];
        return version === undefined ? undefined : { version, title: title!, half: half as 'up' | 'down' };
      },
      path => ({ file: path, lines: reading.lines(path), isKeptEmpty: true }),
    ),
};
