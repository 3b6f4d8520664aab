import type { Rule } from '../rule.ts';

export const requireConcurrentPartitionDetach: Rule = {
  id: 'require-concurrent-partition-detach',
  engine: 'postgresql',
  severity: 'note',
  title: 'A partition is detached under a brief lock',
  why: 'DETACH PARTITION holds ACCESS EXCLUSIVE on the parent, briefly.',
  safeWay:
    'DETACH PARTITION … CONCURRENTLY, in a migration of its own. The server refuses it where the parent has a DEFAULT partition.',
  find(action, { migration }) {
    if (action.do !== 'detach-partition' || action.concurrent || !migration.isLive(action.table)) return undefined;
    return { subject: action.table, message: `Reads and writes of ${action.table} wait briefly (ACCESS EXCLUSIVE)` };
  },
};
