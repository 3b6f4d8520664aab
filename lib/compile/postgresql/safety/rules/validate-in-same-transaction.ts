import type { Rule } from '../rule.ts';

export const validateInSameTransaction: Rule = {
  id: 'validate-in-same-transaction',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A constraint is validated in the transaction that added it',
  why: 'The lock of ADD … NOT VALID is held to the end of the transaction, while VALIDATE reads all rows.',
  safeWay: 'Write `-- migrate:up transaction:false`, or validate in a migration of its own.',
  find(action, { migration }) {
    if (action.do !== 'validate-constraint' || !migration.atomic || !migration.isFilled(action.table)) return undefined;
    const { table, name } = action;
    if (!migration.hasAdded(table, name)) return undefined;
    return {
      subject: `${table}.${name}`,
      message: `The lock of ADD CONSTRAINT on ${table} is held while all its rows are read`,
      safeWay: ['-- migrate:up transaction:false'],
    };
  },
};
