import { type Body, missing, type Target, target, transactionId } from './request.ts';

/** https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_RollbackTransaction.html */
export interface RollbackTransaction extends Target {
  readonly transactionId: string;
}

export function validateRollbackTransaction(body: Body): RollbackTransaction {
  return { ...target(body), transactionId: transactionId(body) ?? missing('transactionId') };
}
