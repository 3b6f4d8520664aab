import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RDSDataClient,
  type RDSDataClientConfig,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import { type Database, DatabaseError, type OpenTransaction, type Row, type Statement } from '../core/database.ts';
import { type RetryOptions, retrying } from './retry.ts';
import { toParameters, toRow } from './values.ts';

export { type Database, DatabaseError } from '../core/database.ts';
export type { Wait } from './retry.ts';

export interface DataApiOptions extends RetryOptions {
  /** Milliseconds without a byte of an answer after which a call is given up; what it began may still run. @default 65000 */
  readonly socketTimeoutMs?: number;
  readonly resourceArn: string;
  readonly secretArn: string;
  /** Always named: without one PostgreSQL takes the name of the user. */
  readonly database: string;
  /** Endpoint, region and credentials, where the SDK's usual chain shall not find them. */
  readonly client?: Pick<RDSDataClientConfig, 'endpoint' | 'region' | 'credentials' | 'profile'>;
}

/**
 * A database behind the RDS Data API.
 *
 * The SDK repeats nothing by itself (it would repeat what may have run), and waits longer for an answer than the service works on a statement
 * (45 s): AWS asks for at least 60 s, https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-timeouts.html
 */
export function dataApi({
  resourceArn,
  secretArn,
  database,
  client: config,
  socketTimeoutMs: socketTimeout = 65_000,
  ...retry
}: DataApiOptions): Database {
  const client = new RDSDataClient({
    ...config,
    maxAttempts: 1,
    requestHandler: { connectionTimeout: 5_000, socketTimeout },
  });
  const target = { resourceArn, secretArn };
  const until = retry.giveUp && { abortSignal: retry.giveUp };
  let calls = 0;

  function counted<T>(effect: Statement['effect'], call: () => Promise<T>): Promise<T> {
    return retrying(effect, retry, () => {
      calls++;
      return call();
    });
  }

  async function execute({ sql, parameters = {}, effect }: Statement, transactionId?: string): Promise<Row[]> {
    const answer = await counted(effect, () =>
      client.send(
        new ExecuteStatementCommand({
          ...target,
          database,
          sql,
          transactionId,
          parameters: toParameters(parameters),
          continueAfterTimeout: effect === 'write',
          resultSetOptions: { longReturnType: 'STRING', decimalReturnType: 'STRING' },
        }),
        until,
      ),
    );
    return (answer.records ?? []).map(toRow);
  }

  async function begin(): Promise<OpenTransaction> {
    // Repeating this is harmless: a transaction that nobody uses is given up after three minutes.
    const { transactionId } = await counted('read', () =>
      client.send(new BeginTransactionCommand({ ...target, database }), until),
    );
    const ending = { ...target, transactionId };
    return {
      // Within a transaction nothing is repeated: what has run before would be lost with it.
      execute: statement => execute({ ...statement, effect: 'write' }, transactionId),
      async commit() {
        await counted('write', () => client.send(new CommitTransactionCommand(ending), until));
      },
      async rollback() {
        await counted('write', () => client.send(new RollbackTransactionCommand(ending), until));
      },
    };
  }

  return {
    execute: statement => execute(statement),
    begin,
    async transaction(work) {
      const transaction = await begin();
      try {
        const result = await work(transaction);
        await transaction.commit();
        return result;
      } catch (error) {
        // Also where the commit got lost: if it was not done, the locks are gone at once, and not when the service gives it up after three minutes.
        // The error that brought us here is the one to tell; a transaction that cannot be rolled back ends by itself.
        const isThere = !(error instanceof DatabaseError) || error.service !== 'TransactionNotFoundException';
        if (isThere) await transaction.rollback().catch(() => undefined);
        throw error;
      }
    },
    get calls() {
      return calls;
    },
  };
}
