import { hash } from '../hashes.ts';
import { readPairs } from '../pairs.ts';
import type { ToolFiles } from '../reading.ts';

const NAME = /^(\d+)_(.*?)(?:\.(up|down))?\.sql$/;
const NON_TRANSACTIONAL = /^-- no-transaction/;

export const files: ToolFiles = {
  title: 'sqlx',
  form: '20240101120000_name.sql, or a pair .up.sql and .down.sql',
  order: 'number',
  read: reading =>
    readPairs(
      reading,
      path => {
        const [, version, title, half = 'up'] = NAME.exec(path) ?? [];
        return version === undefined ? undefined : { version, title: title!, half: half as 'up' | 'down' };
      },
      path => {
        const lines = reading.lines(path);
        const isNonTransactional = NON_TRANSACTIONAL.test(lines[0]?.text ?? '');
        return {
          file: path,
          lines: isNonTransactional ? lines.slice(1) : lines,
          isNonTransactional,
          isKeptEmpty: true,
        };
      },
    ).map(found => ({ ...found, details: [hash('sha384', reading.tree.bytes(found.up.file))] })),
};
