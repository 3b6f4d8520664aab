import type { OnChanged } from '../core/changed.ts';
import type { Database } from '../core/database.ts';
import type { ManifestReader } from '../core/manifest.ts';
import type { OutOfOrder } from '../core/plan.ts';
import type { RunEvent } from '../core/report.ts';
import type { SchemaReader } from '../core/schema.ts';
import type { AttemptRow, Engine } from '../engine/engine.ts';

/** What every verb of the runner needs: a database, what is true of its engine, and the compiled migrations. */
export interface RunnerOptions {
  readonly database: Database;
  /** Of `postgresql(…)`: knows the names of the tracking tables. */
  readonly engine: Engine;
  readonly migrations: ManifestReader;
  /** @default 'reapply' */
  readonly onChanged?: OnChanged;
  /** @default 'apply' */
  readonly outOfOrder?: OutOfOrder;
  /**
   * Version up to which a database that was there before us has everything: those migrations are written down (`baselined`), not run. Looked at
   * only while no versioned migration has a history; in an empty database they are run.
   */
  readonly baseline?: string | null;
}

/** What a verb that writes needs besides. */
export interface WriteOptions extends RunnerOptions {
  /** `StackId/LogicalId` of the deploy hook, written with each attempt; null from the command line. */
  readonly hook?: string | null;
  /** The CloudFormation request that this run works for: it refuses to work (`superseded`) unless that is the newest announced. */
  readonly requestId?: string | null;
  /** Who asked: a CloudFormation request, a CLI user. Written with each attempt. */
  readonly requestedBy: string;
  /** Milliseconds that a statement waits for a lock before it fails and is tried again. @default 5000 */
  readonly lockTimeoutMs?: number;
  /** Milliseconds that the lease of this run outlives its last sign of life: for so long others wait when it dies. @default 20000 */
  readonly leaseMs?: number;
  /** Milliseconds after which no new step is begun and no longer waited for another run's lease. @default 3600000 */
  readonly budgetMs?: number;
  /** Milliseconds between two `working` events of a statement that goes on and on: a call each. @default 5000 */
  readonly progressMs?: number;
  /** Reads schemas. With it, a run that applied something leaves the schema's fingerprint for `verify`. */
  readonly schema?: SchemaReader;
  /** Called with each event, in order. */
  readonly on?: (event: RunEvent) => void;
  /** When aborted, the run ends after the step it is at, and releases its lease. */
  readonly signal?: AbortSignal;
}

export type MigrateOptions = WriteOptions;

/** One attempt, as `history` shows it: the row, its times in ISO 8601, UTC. */
export interface Attempt extends Omit<AttemptRow, 'startedAt' | 'finishedAt'> {
  readonly startedAt: string;
  readonly finishedAt: string | null;
  /** What to do, where it failed and was the latest of its migration; else null. */
  readonly remedy: string | null;
}
