/** What nobody has measured on the live service with MySQL behind it. */
export interface MysqlSwitches {
  /**
   * Statements that MySQL cannot prepare (error 1295: routines, triggers, …): `executed` as plain text, as drivers do that notice, or
   * `refused` with MySQL's own error. @default 'executed'
   */
  readonly unprepared?: 'executed' | 'refused';
  /** After DDL has committed a transaction, its id is still good, or is not found any more. @default 'kept' */
  readonly transactionAfterDdl?: 'kept' | 'gone';
  /** `COMMIT AND CHAIN` as a statement of its own is executed, or refused: a transaction is committed by CommitTransaction only. @default 'executed' */
  readonly commitAndChain?: 'executed' | 'refused';
  /** The rows that a CALL returns come back, or do not. @default true */
  readonly callRows?: boolean;
  /**
   * How errors are worded: as v1 did at first (`code`) and later (`sqlstate`), as the driver words them that v2 most likely uses, or with
   * the message alone. @default 'sqlstate'
   */
  readonly errors?: 'code' | 'sqlstate' | 'driver' | 'message';
}

export const DEFAULTS: Required<MysqlSwitches> = {
  unprepared: 'executed',
  transactionAfterDdl: 'kept',
  commitAndChain: 'executed',
  callRows: true,
  errors: 'sqlstate',
};
