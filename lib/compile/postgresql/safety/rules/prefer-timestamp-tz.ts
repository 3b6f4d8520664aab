import { newColumns } from '../new-columns.ts';
import type { Rule } from '../rule.ts';

export const preferTimestampTz: Rule = {
  id: 'prefer-timestamp-tz',
  engine: 'postgresql',
  severity: 'note',
  title: 'A timestamp has no time zone',
  why: 'A timestamp without time zone means another moment to each reader.',
  safeWay: 'Write timestamptz.',
  find(action) {
    const found = newColumns(action).find(column => /^timestamp$/.test(column.type?.name ?? ''));
    return found && { subject: found.subject, message: 'A timestamp has no time zone' };
  },
};
