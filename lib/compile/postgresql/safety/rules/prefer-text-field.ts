import { newColumns } from '../new-columns.ts';
import type { Rule } from '../rule.ts';

export const preferTextField: Rule = {
  id: 'prefer-text-field',
  engine: 'postgresql',
  severity: 'note',
  title: 'A varchar has a length',
  why: 'To shorten it later rewrites the table.',
  safeWay: 'Write text, with a CHECK of its length where that matters.',
  find(action) {
    const found = newColumns(action).find(
      column => /^varchar$/.test(column.type?.name ?? '') && column.type!.modifiers.length > 0,
    );
    return found && { subject: found.subject, message: 'A varchar has a length' };
  },
};
