import type { WrittenCharset } from '../charset.ts';
import { charsetOf } from '../charset.ts';
import type { Rule } from '../rule.ts';

export const preferUtf8mb4: Rule = {
  id: 'prefer-utf8mb4',
  engine: 'mysql',
  severity: 'note',
  title: 'A table has utf8mb3',
  why: 'utf8 and utf8mb3 hold no character beyond U+FFFF, no emoji among them; to change it later copies most tables.',
  safeWay: '`DEFAULT CHARACTER SET utf8mb4`.',
  find(action) {
    if (action.do !== 'create-table' || action.temporary) return undefined;
    const { table } = action;
    if (isUtf8mb3(action.written)) return { subject: table, message: `${table} has utf8mb3` };
    const column = action.columns.find(({ written }) => isUtf8mb3(written));
    return column && { subject: `${table}.${column.name}`, message: `${table}.${column.name} has utf8mb3` };
  },
};

function isUtf8mb3(written: WrittenCharset): boolean {
  return charsetOf(written)?.charset === 'utf8mb3';
}
