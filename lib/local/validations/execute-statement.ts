import type { Parameter } from '../backend.ts';
import { validation } from '../service-error.ts';
import { type Body, choice, database, flag, parameters, sql, type Target, target, transactionId } from './request.ts';

/** https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html */
export interface ExecuteStatement extends Target {
  readonly sql: string;
  readonly database: string | undefined;
  readonly transactionId: string | undefined;
  readonly parameters: readonly Parameter[];
  readonly includeResultMetadata: boolean;
  readonly continueAfterTimeout: boolean;
  readonly longReturnType: 'LONG' | 'STRING';
  readonly decimalReturnType: 'STRING' | 'DOUBLE_OR_LONG';
  readonly formatRecordsAs: 'NONE' | 'JSON';
}

export function validateExecuteStatement(body: Body): ExecuteStatement {
  const options = (body.resultSetOptions ?? {}) as Body;
  if (typeof options !== 'object') throw validation('Expected an object for resultSetOptions');
  return {
    ...target(body),
    sql: sql(body),
    database: database(body),
    transactionId: transactionId(body),
    parameters: parameters(body.parameters),
    includeResultMetadata: flag(body, 'includeResultMetadata'),
    continueAfterTimeout: flag(body, 'continueAfterTimeout'),
    longReturnType: choice(options.longReturnType, 'longReturnType', ['LONG', 'STRING']) ?? 'LONG',
    decimalReturnType: choice(options.decimalReturnType, 'decimalReturnType', ['STRING', 'DOUBLE_OR_LONG']) ?? 'STRING',
    formatRecordsAs: choice(body.formatRecordsAs, 'formatRecordsAs', ['NONE', 'JSON']) ?? 'NONE',
  };
}
