import { newColumns } from '../new-columns.ts';
import type { Rule } from '../rule.ts';

export const banCharField: Rule = {
  id: 'ban-char-field',
  engine: 'postgresql',
  severity: 'note',
  title: 'A column is char',
  why: 'char(n) fills its values with blanks.',
  safeWay: 'Write text or varchar.',
  find(action) {
    const found = newColumns(action).find(column => /^bpchar$/.test(column.type?.name ?? ''));
    return found && { subject: found.subject, message: 'A column is char' };
  },
};
