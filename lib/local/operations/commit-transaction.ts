import { transactionNotFound } from '../service-error.ts';
import { gone } from '../transactions.ts';
import { validateCommitTransaction } from '../validations/commit-transaction.ts';
import { operation } from './operation.ts';

/**
 * `POST /CommitTransaction`. PostgreSQL answers the commit of a transaction in which a statement failed with a rollback and no error; what
 * the service makes of that is not known, so it is a switch.
 */
export const commitTransaction = operation({
  name: 'CommitTransaction',
  validate: validateCommitTransaction,
  answer: async ({ transactions, switches }, { transactionId: id }) => {
    const backend = transactions.enter(id);
    let outcome: 'committed' | 'rolled-back';
    try {
      outcome = await backend.commit();
    } finally {
      // After an error too (a deferred constraint): the server has rolled back.
      transactions.end(id);
    }
    if (outcome === 'rolled-back' && switches.commitAfterError === 'error') throw transactionNotFound(id, gone.aborted);
    return JSON.stringify({ transactionStatus: 'Transaction Committed' });
  },
});
