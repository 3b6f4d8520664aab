import type { Rule } from '../rule.ts';
import { quote } from '../write.ts';

export const requireConcurrentIndexDeletion: Rule = {
  id: 'require-concurrent-index-deletion',
  engine: 'postgresql',
  severity: 'note',
  title: 'An index is dropped under a brief lock',
  why: 'DROP INDEX holds ACCESS EXCLUSIVE on the table, for under a millisecond of work.',
  safeWay: 'DROP INDEX CONCURRENTLY, in a migration of its own.',
  find(action, { schema, migration }) {
    if (action.do !== 'drop' || action.kind !== 'index' || action.concurrent) return undefined;
    const table = schema.indexes.get(action.name)?.table;
    if (table === undefined || !migration.isLive(table)) return undefined;
    return {
      subject: action.name,
      message: `Reads and writes of ${table} wait briefly (ACCESS EXCLUSIVE)`,
      safeWay: [`DROP INDEX CONCURRENTLY ${quote(action.name)};`],
    };
  },
};
