import type { Rule } from '../rule.ts';

export const attachPartition: Rule = {
  id: 'attach-partition',
  engine: 'postgresql',
  severity: 'caution',
  title: 'A partition is read in whole when it is attached',
  why: 'ATTACH PARTITION holds ACCESS EXCLUSIVE on the new partition while its rows are checked, and on the DEFAULT partition while those are.',
  safeWay:
    'A validated CHECK of the bounds, and that the column IS NOT NULL, on the new partition, and of their opposite on the DEFAULT one, before ATTACH.',
  find(action, { schema, migration }) {
    if (action.do !== 'attach-partition') return undefined;
    const { table, partition } = action;
    const beside =
      migration.isLive(table) && schema.tables.get(table)?.hasDefaultPartition === true && !action.isDefault;
    if (beside) {
      const message = `Reads and writes of ${table} wait while the rows of its DEFAULT partition are checked (ACCESS EXCLUSIVE)`;
      return { subject: partition, severity: 'danger', message };
    }
    const constraints = [...(schema.tables.get(partition)?.constraints.values() ?? [])];
    // The server takes a CHECK of the bounds for a proof only where no column of it may be NULL.
    const checked = constraints.some(
      ({ kind, validated, columns }) =>
        kind === 'check' && validated && columns.every(column => schema.isNeverNull(partition, column)),
    );
    if (checked || !migration.isFilled(partition)) return undefined;
    return {
      subject: partition,
      message: `Reads and writes of ${partition} wait while all its rows are checked (ACCESS EXCLUSIVE)`,
    };
  },
};
