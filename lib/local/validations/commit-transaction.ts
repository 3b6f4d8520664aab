import { type Body, missing, type Target, target, transactionId } from './request.ts';

/** https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_CommitTransaction.html */
export interface CommitTransaction extends Target {
  readonly transactionId: string;
}

export function validateCommitTransaction(body: Body): CommitTransaction {
  return { ...target(body), transactionId: transactionId(body) ?? missing('transactionId') };
}
