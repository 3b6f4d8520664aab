import { type Body, database, type Target, target } from './request.ts';

/** https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_BeginTransaction.html */
export interface BeginTransaction extends Target {
  readonly database: string | undefined;
}

export function validateBeginTransaction(body: Body): BeginTransaction {
  return { ...target(body), database: database(body) };
}
