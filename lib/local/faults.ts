import type { LogEntry } from './log.ts';
import type { OperationName } from './operations/operation-name.ts';
import * as errors from './service-error.ts';

const answers = {
  /** 403, before anything else is looked at. */
  forbidden: () =>
    new errors.ServiceError('ForbiddenException', 403, 'User is not authorized to perform this operation'),
  'internal-error': errors.internalServerError,
  /** A bare 500 without text. */
  'internal-failure': errors.internalFailure,
  unavailable: errors.serviceUnavailable,
  /** 504, the service's own. */
  'writer-unavailable': errors.databaseUnavailable,
  /** 504 as an HTML page: a load balancer's. */
  'gateway-timeout': errors.gatewayTimeout,
  throttled: errors.throttled,
  resuming: errors.resuming,
  'no-writer': errors.noWriter,
  'endpoint-disabled': (arn: string) => errors.httpEndpointNotEnabled(arn),
  'invalid-secret': errors.invalidSecret,
  'no-secret': errors.secretNotFound,
  /** `Database returned SQL Exception` */
  opaque: errors.opaque,
  /** `StatementTimeoutException`; the statement runs only with `when: 'after'`. */
  timeout: () => errors.statementTimeout(0),
} as const;

export type FaultName =
  | keyof typeof answers
  /** The connection is cut. */
  | 'reset'
  /** The call runs, and the connection is cut before its answer: `reset` with `when: 'after'`. */
  | 'lost-answer'
  /** `milliseconds` pass. */
  | 'delay'
  /** The same request arrives a second time, `milliseconds` after its answer; a statement of a transaction, when that has ended. */
  | 'duplicate';

/** Every fault there is. */
export const FAULT_NAMES = [...Object.keys(answers), 'reset', 'lost-answer', 'delay', 'duplicate'] as FaultName[];

/** Which calls. All that is given must hold. */
export interface Target {
  /** @default every operation; for `resuming` and `no-writer` those that need the instance */
  readonly operation?: OperationName | readonly OperationName[] | undefined;
  /** A part of the statement. */
  readonly sql?: string | undefined;
  /** A regular expression for the statement; case does not matter, the dot takes line ends. */
  readonly pattern?: string | undefined;
  /** In this process only. */
  readonly matching?: ((call: LogEntry) => boolean) | undefined;
  /** The first of these calls that is hit, counted from 1 since the fault was installed. @default 1 */
  readonly call?: number | undefined;
  /** How many of these calls are hit from there on; 0 for all. @default 1 */
  readonly times?: number | undefined;
}

/** Something that goes wrong on the way to the database (`before`: nothing ran) or back (`after`: it ran, and the answer is lost). */
export interface Fault extends Target {
  readonly fault: FaultName | { readonly name: string; readonly status: number; readonly message: string };
  /** @default 'before'; for `lost-answer` 'after' */
  readonly when?: 'before' | 'after' | undefined;
  /** Of a delay or duplicate; of any other fault: it lasts that long from the first call that it hits, whatever `times` says. */
  readonly milliseconds?: number | undefined;
}

/** Called with a call before it runs, or after it ran and before the answer: what a test does at exactly this moment. */
export type Hook = (call: LogEntry) => void | Promise<void>;

/** What is to happen to one call. */
export type Effect =
  | { readonly kind: 'answer'; readonly error: errors.ServiceError }
  | { readonly kind: 'reset' }
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'duplicate'; readonly milliseconds: number }
  | { readonly kind: 'hook'; readonly hook: Hook };

interface Installed extends Omit<Fault, 'fault'> {
  readonly name: string;
  readonly effect: (resourceArn: string) => Effect;
  seen: number;
  until: number | undefined;
}

/** The faults that wait for their calls. */
export class Faults {
  #installed: Installed[] = [];

  /** Install faults, or replace none: they come on top of those that wait. Throws a `TypeError` for a fault of unknown name. */
  add(...faults: readonly Fault[]): void {
    this.#installed.push(...faults.map(fault => install(fault)));
  }

  /** Call `hook` before a call runs. It may wait; what it throws is answered as an internal error. */
  before(target: Target, hook: Hook): void {
    this.#hook('before', target, hook);
  }

  /** Call `hook` after a call ran and before its answer is sent. */
  after(target: Target, hook: Hook): void {
    this.#hook('after', target, hook);
  }

  clear(): void {
    this.#installed = [];
  }

  /** The effects on a call, in the order in which the faults were installed. They are used up by asking. */
  take(when: 'before' | 'after', call: LogEntry, resourceArn: string): Effect[] {
    const effects: Effect[] = [];
    for (const fault of this.#installed) {
      if ((fault.when ?? 'before') !== when || !matches(fault, call) || !due(fault)) continue;
      call.faults.push(`${fault.name} ${when}`);
      effects.push(fault.effect(resourceArn));
    }
    return effects;
  }

  #hook(when: 'before' | 'after', target: Target, hook: Hook): void {
    this.#installed.push({
      ...target,
      when,
      name: 'hook',
      effect: () => ({ kind: 'hook', hook }),
      seen: 0,
      until: undefined,
    });
  }
}

function install(fault: Fault): Installed {
  const { fault: what, milliseconds = 0 } = fault;
  const common = { ...fault, seen: 0, until: undefined };
  if (typeof what === 'object') {
    const error = new errors.ServiceError(what.name, what.status, what.message);
    return { ...common, name: what.name, effect: () => ({ kind: 'answer', error }) };
  }
  const name = what;
  if (name === 'delay' || name === 'duplicate') {
    // Their milliseconds are not how long they last.
    return { ...common, milliseconds: undefined, name, effect: () => ({ kind: name, milliseconds }) };
  }
  if (name === 'lost-answer')
    return { ...common, when: fault.when ?? 'after', name, effect: () => ({ kind: 'reset' }) };
  if (name === 'reset') return { ...common, name, effect: () => ({ kind: 'reset' }) };
  const answer = answers[name];
  if (answer === undefined) {
    throw new TypeError(`There is no fault ${name}. Use one of ${FAULT_NAMES.join(', ')}`);
  }
  // Commit and rollback know neither of the two errors.
  const needsInstance = name === 'resuming' || name === 'no-writer';
  const operation =
    fault.operation ??
    (needsInstance ? (['ExecuteStatement', 'BatchExecuteStatement', 'BeginTransaction'] as const) : undefined);
  return { ...common, operation, name, effect: arn => ({ kind: 'answer', error: answer(arn) }) };
}

function matches({ operation, sql, pattern, matching }: Target, call: LogEntry): boolean {
  if (operation !== undefined && ![operation].flat().includes(call.operation)) return false;
  if (sql !== undefined && !call.sql?.includes(sql)) return false;
  if (pattern !== undefined && !new RegExp(pattern, 'is').test(call.sql ?? '')) return false;
  return matching?.(call) ?? true;
}

/** Count a matching call, and say whether it is hit. */
function due(fault: Installed): boolean {
  const { call = 1, times = 1, milliseconds } = fault;
  fault.seen++;
  if (fault.seen < call) return false;
  if (milliseconds !== undefined) {
    fault.until ??= Date.now() + milliseconds;
    return Date.now() < fault.until;
  }
  return times === 0 || fault.seen < call + times;
}
