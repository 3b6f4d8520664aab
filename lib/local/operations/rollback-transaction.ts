import { validateRollbackTransaction } from '../validations/rollback-transaction.ts';
import { operation } from './operation.ts';

/** `POST /RollbackTransaction` */
export const rollbackTransaction = operation({
  name: 'RollbackTransaction',
  validate: validateRollbackTransaction,
  answer: async ({ transactions }, { transactionId: id }) => {
    const backend = transactions.enter(id);
    try {
      await backend.rollback();
    } finally {
      transactions.end(id);
    }
    return JSON.stringify({ transactionStatus: 'Rollback Complete' });
  },
});
