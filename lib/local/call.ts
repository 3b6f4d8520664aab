import { setTimeout as sleep } from 'node:timers/promises';
import type { Effect, Faults } from './faults.ts';
import type { LogEntry, RequestLog } from './log.ts';
import { batchExecuteStatement } from './operations/batch-execute-statement.ts';
import { beginTransaction } from './operations/begin-transaction.ts';
import { commitTransaction } from './operations/commit-transaction.ts';
import { executeStatement } from './operations/execute-statement.ts';
import type { Operation } from './operations/operation.ts';
import { rollbackTransaction } from './operations/rollback-transaction.ts';
import type { Service } from './service.ts';
import { httpEndpointNotEnabled, internalServerError, ServiceError, secretNotFound } from './service-error.ts';
import type { Body } from './validations/request.ts';

/** By path. */
export const operations: Readonly<Record<string, Operation>> = {
  '/Execute': executeStatement,
  '/BatchExecute': batchExecuteStatement,
  '/BeginTransaction': beginTransaction,
  '/CommitTransaction': commitTransaction,
  '/RollbackTransaction': rollbackTransaction,
};

/** What answers calls: the service, what it announces, and what goes wrong in it. */
export interface Host {
  readonly service: Service;
  readonly resourceArn: string;
  readonly secretArn: string;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly latency: number;
  /** Whether entries of the log hold the values of parameters. */
  readonly logValues: boolean;
  /** Told of every call when its answer is ready. */
  readonly onRequest: (entry: LogEntry) => void;
  /** A failure that is nobody's intention: a bug of the local Data API. */
  readonly report: (error: unknown) => void;
}

/** How a call ends: JSON text, an error, or a cut connection. */
export type Ending = { readonly json: string } | { readonly error: ServiceError } | 'reset';

/** Serve one request: faults before, the operation, faults after. */
export async function serve(host: Host, operation: Operation, body: Body, entry: LogEntry): Promise<Ending> {
  const started = performance.now();
  if (host.latency > 0) await sleep(host.latency);
  let ending = await apply(host, operation, body, entry, host.faults.take('before', entry, host.resourceArn));
  ending ??= await answer(host, operation, body, entry);
  const after = await apply(host, operation, body, entry, host.faults.take('after', entry, host.resourceArn));
  ending = after ?? ending;
  entry.milliseconds = Math.round(performance.now() - started);
  entry.outcome = ending === 'reset' ? 'reset' : 'error' in ending ? ending.error.name : 'ok';
  host.onRequest(entry);
  return ending;
}

/** Let effects happen; the first one that ends the call is its ending. */
async function apply(
  host: Host,
  operation: Operation,
  body: Body,
  entry: LogEntry,
  effects: readonly Effect[],
): Promise<Ending | undefined> {
  let ending: Ending | undefined;
  for (const effect of effects) {
    if (effect.kind === 'answer') ending ??= { error: effect.error };
    else if (effect.kind === 'reset') ending ??= 'reset';
    else if (effect.kind === 'delay') await sleep(effect.milliseconds);
    else if (effect.kind === 'duplicate') void deliverAgain(host, operation, body, entry, effect.milliseconds);
    else {
      const failed = await runHook(host, () => effect.hook(entry));
      ending ??= failed;
    }
  }
  return ending;
}

async function runHook(host: Host, hook: () => void | Promise<void>): Promise<Ending | undefined> {
  try {
    await hook();
    return undefined;
  } catch (error) {
    host.report(error);
    return { error: internalServerError() };
  }
}

async function answer(host: Host, operation: Operation, body: Body, entry: LogEntry): Promise<Ending> {
  try {
    const { target, answer } = operation.accept(body);
    if (target.resourceArn !== host.resourceArn) throw httpEndpointNotEnabled(target.resourceArn);
    if (target.secretArn !== host.secretArn) throw secretNotFound();
    const json = await answer(host.service);
    if (operation.name === 'BeginTransaction') entry.transactionId = JSON.parse(json).transactionId;
    return { json };
  } catch (error) {
    if (error instanceof ServiceError) return { error };
    host.report(error);
    return { error: internalServerError() };
  }
}

/** The same request once more, later, with nobody to hear the answer: what networks do. */
async function deliverAgain(
  host: Host,
  operation: Operation,
  body: Body,
  first: LogEntry,
  after: number,
): Promise<void> {
  await sleep(after);
  // While it is open nobody could tell a statement that came twice from one that was said twice.
  const { transactionId } = first;
  while (operation.name === 'ExecuteStatement' && transactionId && host.service.transactions.isOpen(transactionId))
    await sleep(5);
  const entry = host.log.add({ ...first, duplicate: true });
  const started = performance.now();
  const ending = await answer(host, operation, body, entry);
  entry.milliseconds = Math.round(performance.now() - started);
  entry.outcome = ending === 'reset' ? 'reset' : 'error' in ending ? ending.error.name : 'ok';
}
