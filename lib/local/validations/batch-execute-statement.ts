import type { Parameter } from '../backend.ts';
import { validation } from '../service-error.ts';
import { type Body, database, parameters, sql, type Target, target, transactionId } from './request.ts';

/** https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_BatchExecuteStatement.html */
export interface BatchExecuteStatement extends Target {
  readonly sql: string;
  readonly database: string | undefined;
  readonly transactionId: string | undefined;
  readonly parameterSets: readonly (readonly Parameter[])[];
}

export function validateBatchExecuteStatement(body: Body): BatchExecuteStatement {
  const sets = body.parameterSets ?? [];
  if (!Array.isArray(sets)) throw validation('Expected a list for parameterSets');
  return {
    ...target(body),
    sql: sql(body),
    database: database(body),
    transactionId: transactionId(body),
    parameterSets: sets.map(parameters),
  };
}
