import { newColumns } from '../new-columns.ts';
import type { Rule } from '../rule.ts';

export const preferBigintOverInt: Rule = {
  id: 'prefer-bigint-over-int',
  engine: 'postgresql',
  severity: 'note',
  title: 'A key is an int',
  why: 'An int key ends at 2,147,483,647, and to widen it later rewrites the table.',
  safeWay: 'Write bigint.',
  find(action) {
    const found = newColumns(action).find(({ type, isKey }) => isKey && SMALL.test(type?.name ?? ''));
    return found && { subject: found.subject, message: 'A key is an int' };
  },
};

const SMALL = /^(int2|int4|smallserial|serial|serial2|serial4)$/;
