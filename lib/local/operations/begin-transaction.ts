import { validateBeginTransaction } from '../validations/begin-transaction.ts';
import { operation } from './operation.ts';

/** `POST /BeginTransaction` */
export const beginTransaction = operation({
  name: 'BeginTransaction',
  validate: validateBeginTransaction,
  answer: async ({ engine, transactions }, { database }) => {
    const backend = await engine.connect(database);
    try {
      await backend.begin();
    } catch (error) {
      backend.discard();
      throw error;
    }
    return JSON.stringify({ transactionId: transactions.add(backend) });
  },
});
