import { newColumns } from '../new-columns.ts';
import type { Rule } from '../rule.ts';

export const preferJsonb: Rule = {
  id: 'prefer-jsonb',
  engine: 'postgresql',
  severity: 'note',
  title: 'A column is json',
  why: 'json keeps its text and has no operators for indexes.',
  safeWay: 'Write jsonb.',
  find(action) {
    const found = newColumns(action).find(column => /^json$/.test(column.type?.name ?? ''));
    return found && { subject: found.subject, message: 'A column is json' };
  },
};
