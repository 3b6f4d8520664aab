import type { ManifestReader } from '../lib/core/manifest.ts';
import type { WriteOptions } from '../lib/runner/index.ts';
import type { Environment } from './environment.ts';
import { logRun } from './log.ts';
import { openTarget } from './open-database.ts';
import type { Slice } from './time-budget.ts';

/** What an invocation works with: the variables of the function and the manifest that lies beside it. */
export interface Hook {
  readonly environment: Environment;
  readonly migrations: ManifestReader;
}

/** Who asks for a run, and how long it may work. */
export interface RunRequest {
  /** `StackId/LogicalId`. */
  readonly hook: string;
  /** CloudFormation's request; null for a person's. */
  readonly requestId: string | null;
  /** Written with each attempt. */
  readonly requestedBy: string;
  /** For the log. */
  readonly invocation: string;
  readonly slice: Pick<Slice, 'budgetMs' | 'abortMs' | 'giveUpAt'>;
  /** It is to work, or to look at the schema: what that takes is loaded. A deploy with nothing to do needs none of it. */
  readonly works?: boolean;
  /** Milliseconds that the cluster is waited for, where the usual three minutes are too long. */
  readonly clusterBudgetMs?: number;
  /** Milliseconds to wait for a right that may be given any moment. @default 0 */
  readonly propagationBudgetMs?: number;
  /** When the request was refused first, in milliseconds since 1970, if that was before this invocation. */
  readonly refusedAt?: number | undefined;
}

/** The options of the runner. */
export async function runnerOptions({ environment, migrations }: Hook, asked: RunRequest): Promise<WriteOptions> {
  const { hook, requestId, requestedBy, invocation, slice, clusterBudgetMs, propagationBudgetMs, refusedAt } = asked;
  const on = logRun(invocation);
  const signal = AbortSignal.timeout(slice.abortMs);
  const giveUp = AbortSignal.timeout(Math.max(0, slice.giveUpAt - Date.now()));
  const onWait = (wait: { what: string; seconds: number }) => on({ event: 'waiting', ...wait });
  const target = await openTarget(environment, migrations.manifest.engine, {
    onWait,
    signal,
    giveUp,
    ...(clusterBudgetMs !== undefined && { clusterBudgetMs }),
    ...(propagationBudgetMs !== undefined && { propagationBudgetMs }),
    refusedAt,
  });
  const { tracking: names, plan } = environment;
  const schema = asked.works && (await (await import('./schema.ts')).readerFor(migrations.manifest.engine, names));
  return {
    ...target,
    ...(schema && { schema }),
    ...plan,
    // JSON: it names another tool. No version begins with a brace.
    ...(plan.baseline?.[0] === '{' && (await import('./take-over.ts')).fromOtherTool(target.engine, plan, migrations)),
    migrations,
    hook,
    requestId,
    requestedBy,
    budgetMs: slice.budgetMs,
    signal,
    on,
    ...(environment.lockTimeoutMs !== undefined && { lockTimeoutMs: environment.lockTimeoutMs }),
  };
}
