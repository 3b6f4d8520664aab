import type { Rule } from '../rule.ts';
import { quote } from '../write.ts';

export const requireConcurrentReindex: Rule = {
  id: 'require-concurrent-reindex',
  engine: 'postgresql',
  severity: 'danger',
  title: 'An index is rebuilt while all wait',
  why: 'REINDEX holds SHARE on the table and ACCESS EXCLUSIVE on the index: writes wait, and reads that would use the index.',
  safeWay: 'REINDEX … CONCURRENTLY, in a migration of its own.',
  find(action, { schema, migration }) {
    if (action.do !== 'reindex' || action.concurrent) return undefined;
    const { ReindexStmt } = action.node as { ReindexStmt?: { kind?: string } };
    const ofIndex = ReindexStmt?.kind === 'REINDEX_OBJECT_INDEX';
    const made = migration.hasMade('index', action.table);
    if (ofIndex ? made : !migration.isFilled(action.table)) return undefined;
    const table = ofIndex ? schema.indexes.get(action.table)?.table : action.table;
    return {
      subject: action.table,
      message: `Writes${table ? ` to ${table}` : ''} and reads by the index wait while it is rebuilt (SHARE, ACCESS EXCLUSIVE)`,
      safeWay: [`REINDEX ${ofIndex ? 'INDEX' : 'TABLE'} CONCURRENTLY ${quote(action.table)};`],
    };
  },
};
