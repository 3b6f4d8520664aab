import { setTimeout as sleep } from 'node:timers/promises';
import {
  BatchExecuteStatementCommand,
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  type RDSDataClient,
  RollbackTransactionCommand,
} from '@aws-sdk/client-rds-data';
import { errorOf, type Outcome } from './outcome.ts';
import { type Engine, execute, type Step, type Target, textOf } from './step.ts';

/** A Data API that is probed. */
export interface Api {
  readonly engine: Engine;
  /** Must not repeat calls by itself (`maxAttempts: 1`): an error that it hides would not be seen. */
  readonly client: Pick<RDSDataClient, 'send'>;
  readonly target: Target;
  /** How much shorter its clocks are than the service's. @default 1 */
  readonly scale?: number;
  /** Returns when the cluster has paused. */
  readonly pause: () => Promise<void>;
  /** Aborted: no further call is sent. */
  readonly signal?: AbortSignal;
}

/** Lasts for so many of the service's seconds. */
export async function wait(api: Api, seconds: number): Promise<void> {
  await sleep(seconds * 1000 * (api.scale ?? 1), undefined, { ...(api.signal && { signal: api.signal }) });
}

/** A call with what it is answered. `transactions` knows their ids by the names that the probe gave them. */
export async function send(api: Api, step: Step, transactions: Map<string, string>): Promise<Outcome> {
  const answers: Outcome['answers'][number][] = [];
  const times = step.call === 'execute' ? (step.times ?? 1) : 1;
  try {
    for (let time = 0; time < times; time++) answers.push(await sendOnce(api, step, transactions));
    return { answers };
  } catch (thrown) {
    return { answers, error: errorOf(thrown) };
  }
}

async function sendOnce(api: Api, step: Step, transactions: Map<string, string>): Promise<Outcome['answers'][number]> {
  api.signal?.throwIfAborted();
  const { client, target, scale } = api;
  const { resourceArn, secretArn } = target;
  const name = 'in' in step ? step.in : undefined;
  // The id of one that could not begin: the call is refused, which is seen.
  const transactionId = name === undefined ? undefined : (transactions.get(name) ?? 'never-began');
  switch (step.call) {
    case 'execute': {
      const { parameters, continueAfterTimeout } = step;
      const sql = textOf(step, scale);
      const where = { ...target, ...step.target?.(target) };
      const more = { ...(parameters && { parameters: [...parameters] }), continueAfterTimeout, transactionId };
      return client.send(new ExecuteStatementCommand({ ...where, sql, ...more }));
    }
    case 'batch': {
      const parameterSets = step.sets.map(set => [...set]);
      return client.send(new BatchExecuteStatementCommand({ ...target, sql: step.sql, parameterSets, transactionId }));
    }
    case 'begin': {
      const { transactionId: id } = await client.send(new BeginTransactionCommand(target));
      transactions.set(step.in, id ?? '');
      return {};
    }
    case 'commit':
      return client.send(new CommitTransactionCommand({ resourceArn, secretArn, transactionId }));
    case 'rollback':
      return client.send(new RollbackTransactionCommand({ resourceArn, secretArn, transactionId }));
    default:
      throw new TypeError(`${step.call} is no call`);
  }
}

/** The statement that wakes a paused cluster. */
export const AWAKE = 'select 1';

/** Calls until a paused cluster has resumed: two minutes at most. */
export async function awake(api: Api): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { error } = await send(api, execute(AWAKE), new Map());
    if (!error) return;
    if (error.name !== 'DatabaseResumingException' || attempt === 24)
      throw new Error(`${error.name}: ${error.message}`);
    await wait(api, 5);
  }
}
