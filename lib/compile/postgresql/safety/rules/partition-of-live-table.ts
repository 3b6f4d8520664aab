import type { Rule } from '../rule.ts';
import { quote } from '../write.ts';

export const partitionOfLiveTable: Rule = {
  id: 'partition-of-live-table',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A partition is made beside a DEFAULT partition',
  why: 'CREATE TABLE … PARTITION OF holds ACCESS EXCLUSIVE on the parent while the rows of its DEFAULT partition are checked; without one it is brief.',
  safeWay:
    'CREATE TABLE (LIKE parent), a validated CHECK of the opposite of the bounds on the DEFAULT partition, then ATTACH PARTITION.',
  find(action, { schema, migration }) {
    if (action.do !== 'create-table' || action.partitionOf === null || !migration.isLive(action.partitionOf))
      return undefined;
    const parent = action.partitionOf;
    const beside = schema.tables.get(parent)?.hasDefaultPartition === true && !action.isDefaultPartition;
    return {
      subject: parent,
      severity: beside ? 'danger' : 'note',
      message: beside
        ? `Reads and writes of ${parent} wait while the rows of its DEFAULT partition are checked (ACCESS EXCLUSIVE)`
        : `Reads and writes of ${parent} wait briefly (ACCESS EXCLUSIVE)`,
      safeWay: [
        `CREATE TABLE ${quote(action.table)} (LIKE ${quote(parent)} INCLUDING ALL);`,
        `-- then ALTER TABLE ${quote(parent)} ATTACH PARTITION ${quote(action.table)} …;`,
      ],
    };
  },
};
