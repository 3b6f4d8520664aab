import { significant } from '../../core/order.ts';
import { textOf } from '../found.ts';
import { hash } from '../hashes.ts';
import { inNumericOrder } from '../pairs.ts';
import type { ToolFiles } from '../reading.ts';

const NAME = /^(-?\d+)[-_]?(.*)\.sql$/i;
const NON_TRANSACTIONAL = '-- postgres-migrations disable-transaction';

export const files: ToolFiles = {
  title: 'postgres-migrations',
  form: '1_name.sql',
  order: 'number',
  read: reading =>
    inNumericOrder(
      reading,
      reading.top.flatMap(path => {
        const [, version, title] = NAME.exec(path) ?? [];
        if (version === undefined) return [];
        const written = reading.lines(path);
        const isNonTransactional = textOf(written).includes(NON_TRANSACTIONAL);
        const lines = written.filter(({ text }) => text.trim() !== NON_TRANSACTIONAL);
        const details = [hash('sha1', path + reading.text(path))];
        return [
          { version, title: title!, id: significant(version), details, up: { file: path, lines, isNonTransactional } },
        ];
      }),
    ),
};
