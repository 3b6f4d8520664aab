import type { Action } from '../actions.ts';
import type { Rule } from '../rule.ts';
import { quote, withValues, write } from '../write.ts';

export const requireConcurrentIndexCreation: Rule = {
  id: 'require-concurrent-index-creation',
  engine: 'postgresql',
  severity: 'danger',
  title: 'An index is built while writes wait',
  why: 'CREATE INDEX holds a SHARE lock: reads go on, every write waits until all rows are indexed.',
  safeWay:
    'CREATE INDEX CONCURRENTLY, in a migration of its own. A partitioned table: ON ONLY, then one per partition.',
  find(action, { schema, migration }) {
    if (action.do !== 'create-index' || action.concurrent || !migration.isFilled(action.table)) return undefined;
    if (schema.views.get(action.table) === 'materialized') return undefined;
    const partitioned = schema.tables.get(action.table)?.partitioned === true;
    if (partitioned && action.only) return undefined;
    return {
      subject: action.table,
      message: `Writes to ${action.table} wait while the index is built (SHARE lock)`,
      safeWay: () =>
        partitioned
          ? perPartition(action)
          : [write(withValues(action.node, { concurrent: true, idxname: nameOf(action) }))],
    };
  },
};

function nameOf({ name, table, columns }: Action & { do: 'create-index' }): string {
  return name ?? [table, ...columns, 'idx'].join('_');
}

function perPartition(action: Action & { do: 'create-index' }): string[] {
  const { IndexStmt } = action.node as { IndexStmt: { relation: object } };
  const name = nameOf(action);
  return [
    write(withValues(action.node, { relation: { ...IndexStmt.relation, inh: false }, idxname: name })),
    `-- for each partition: CREATE INDEX CONCURRENTLY …, then ALTER INDEX ${quote(name)} ATTACH PARTITION …;`,
  ];
}
