import type { SqlParameter } from '@aws-sdk/client-rds-data';
import type { Outcome } from './outcome.ts';

export type Engine = 'postgresql' | 'mysql';

/** Writes seconds into a statement; the clocks of a local Data API may run faster than those of the service. */
export type Seconds = (seconds: number) => string;

interface Common {
  /** The name under which a later step, or a conclusion, finds the outcome. */
  readonly as?: string;
  /** The transaction, by a name of the probe's own. */
  readonly in?: string;
  /** Says what was seen. @default the answer, or the error with its text */
  readonly see?: (outcome: Outcome, earlier: ReadonlyMap<string, Outcome>) => string;
  /** Is reported and not compared: the number of a process, the size of a pool. */
  readonly varies?: boolean;
  /** Goes on with the next step without waiting for the answer; `wait-for` takes it. */
  readonly background?: boolean;
}

export interface ExecuteStep extends Common {
  readonly call: 'execute';
  readonly sql: string | ((seconds: Seconds) => string);
  readonly parameters?: readonly SqlParameter[];
  readonly continueAfterTimeout?: boolean;
  /** Members that differ from those of the target. */
  readonly target?: (target: Target) => Partial<Target>;
  /** Is called so many times. @default 1 */
  readonly times?: number;
}

export type Step =
  | ExecuteStep
  | (Common & { readonly call: 'batch'; readonly sql: string; readonly sets: readonly (readonly SqlParameter[])[] })
  | (Common & { readonly call: 'begin' | 'commit' | 'rollback'; readonly in: string })
  /** Sends nothing for so long. */
  | { readonly call: 'wait'; readonly seconds: number }
  /** Takes the outcome of the step `as`, which went on in the background. */
  | { readonly call: 'wait-for'; readonly as: string }
  /** Sends nothing until the cluster has paused. */
  | { readonly call: 'pause' }
  /** Calls until a paused cluster has resumed. */
  | { readonly call: 'awake' };

/** What a call is sent to. */
export interface Target {
  readonly resourceArn: string;
  readonly secretArn: string;
  readonly database: string;
}

/** Questions about the service that belong together, as the calls that answer them. */
export interface Probe {
  /** A number for people; parts of one question share it. */
  readonly number: number;
  readonly title: string;
  readonly engines: readonly Engine[];
  readonly steps: readonly Step[];
  /** `waits` mostly waits, and runs beside the others of this kind; `alone` runs last, with no other call under way. @default 'quick' */
  readonly kind?: 'quick' | 'waits' | 'alone';
  /** Runs only when asked for. */
  readonly only?: 'pause' | 'databases';
  /** Rows of docs/fidelity.md that this settles, each by a part of its text. */
  readonly settles: readonly string[];
}

type More = Omit<ExecuteStep, 'call' | 'sql'>;

export function execute(sql: ExecuteStep['sql'], more: More = {}): ExecuteStep {
  return { call: 'execute', sql, ...more };
}

export function begin(name: string, more: Common = {}): Step {
  return { call: 'begin', ...more, in: name };
}

export function commit(name: string, more: Common = {}): Step {
  return { call: 'commit', ...more, in: name };
}

export function rollback(name: string, more: Common = {}): Step {
  return { call: 'rollback', ...more, in: name };
}

/** The statement as it is sent to the service. */
export function textOf({ sql }: { readonly sql: ExecuteStep['sql'] }, scale = 1): string {
  return typeof sql === 'string' ? sql : sql(seconds => String(seconds * scale));
}
