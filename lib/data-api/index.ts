import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type ExecuteStatementCommandInput,
  type ExecuteStatementCommandOutput,
  RDSDataClient,
  type RDSDataClientConfig,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import {
  type Database,
  DatabaseError,
  type OpenTransaction,
  type Row,
  type Statement,
  type Transaction,
} from '../core/database.ts';
import { retry } from '../core/retry.ts';
import { throwClassified } from './errors.ts';
import { type RetryOptions, retriesOf } from './retry.ts';
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

/** A database behind the RDS Data API. */
export function dataApi({ resourceArn, secretArn, database, client: config, ...options }: DataApiOptions): Database {
  const client = clientOf(config, options.socketTimeoutMs);
  const target = { resourceArn, secretArn };
  const until = options.giveUp && { abortSignal: options.giveUp };
  let calls = 0;

  // execute, retry, the call of the SDK: no frame more, because people have to read the stack.
  function executeIn(transactionId?: string): Database['execute'] {
    return function execute({ effect: own, ...statement }) {
      // Within a transaction nothing is repeated: what has run before would be lost with it.
      const effect = transactionId === undefined ? own : 'write';
      const command = commandOf({ ...statement, effect }, { ...target, database, transactionId });
      return retry(
        () => {
          calls++;
          return client.send(command, until).then(toRows, throwClassified);
        },
        retriesOf(effect, options),
      );
    };
  }

  function counted<T>(effect: Statement['effect'], call: () => Promise<T>): Promise<T> {
    return retry(
      () => {
        calls++;
        return call().catch(throwClassified);
      },
      retriesOf(effect, options),
    );
  }

  async function begin(): Promise<OpenTransaction> {
    // Repeating this is harmless: a transaction that nobody uses is given up after three minutes.
    const { transactionId } = await counted('read', () =>
      client.send(new BeginTransactionCommand({ ...target, database }), until),
    );
    const ending = { ...target, transactionId };
    return {
      execute: executeIn(transactionId),
      async commit() {
        await counted('write', () => client.send(new CommitTransactionCommand(ending), until));
      },
      async rollback() {
        await counted('write', () => client.send(new RollbackTransactionCommand(ending), until));
      },
    };
  }

  return {
    execute: executeIn(),
    begin,
    transaction: async work => inTransaction(await begin(), work),
    get calls() {
      return calls;
    },
  };
}

/**
 * The SDK repeats nothing by itself (it would repeat what may have run), and waits longer for an answer than the service works on a statement
 * (45 s): AWS asks for at least 60 s, https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-timeouts.html
 */
function clientOf(config: DataApiOptions['client'], socketTimeout = 65_000): RDSDataClient {
  return new RDSDataClient({ ...config, maxAttempts: 1, requestHandler: { connectionTimeout: 5_000, socketTimeout } });
}

async function inTransaction<T>(transaction: OpenTransaction, work: (transaction: Transaction) => Promise<T>) {
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
}

function commandOf(
  { sql, parameters = {}, effect }: Statement,
  where: Pick<ExecuteStatementCommandInput, 'resourceArn' | 'secretArn' | 'database' | 'transactionId'>,
): ExecuteStatementCommand {
  return new ExecuteStatementCommand({
    ...where,
    sql,
    parameters: toParameters(parameters),
    continueAfterTimeout: effect === 'write',
    resultSetOptions: { longReturnType: 'STRING', decimalReturnType: 'STRING' },
  });
}

function toRows({ records = [] }: ExecuteStatementCommandOutput): Row[] {
  return records.map(toRow);
}
