import type { Script } from '../../core/manifest.ts';
import type { Applied, ApplyRequest, Failure, Reverted, RevertRequest, Run } from '../engine.ts';
import { identityFacts } from '../tracking-rows.ts';
import { TAG } from './lease.ts';

/** Statements to be executed one by one: the up section of a migration, or the down section. */
export interface Task {
  readonly target: 'applied' | 'reverted';
  readonly run: Run;
  readonly name: string;
  readonly version: string | null;
  readonly checksum: string;
  readonly statementsChecksum: string;
  readonly script: Script;
  readonly revert: Script | null;
  readonly from: number;
  readonly tries: number;
  readonly pause: ApplyRequest['pause'];
  readonly stop: ApplyRequest['stop'];
  readonly onStatement: (statement: number) => void;
  readonly failure?: Failure | undefined;
  /** See `ApplyRequest`. */
  readonly seenAttempt?: number;
}

export function taskOf({ migration, body, ...request }: ApplyRequest): Task {
  const { name, version, checksum, statementsChecksum } = migration;
  return {
    target: 'applied',
    name,
    version,
    checksum,
    statementsChecksum,
    script: { ...body.up, facts: { ...body.up.facts, ...identityFacts(migration) } },
    revert: body.down,
    ...request,
  };
}

export function undoOf({ down, ...request }: RevertRequest): Task {
  return { target: 'reverted', script: down, revert: null, from: 1, onStatement: () => {}, ...request };
}

/** What became of a task. */
export type Outcome =
  | { readonly status: 'done'; readonly attempt: number; readonly executionTimeMs: number }
  | { readonly status: 'already' | 'fenced' | 'busy' | 'stopped' }
  | {
      readonly status: 'failed';
      readonly attempt: number;
      readonly executionTimeMs: number;
      readonly failure: Failure;
    };

export function toApplied(outcome: Outcome): Applied {
  return outcome.status === 'done' ? { ...outcome, status: 'applied' } : outcome;
}

export function toReverted(outcome: Outcome): Reverted {
  return outcome.status === 'done' ? { ...outcome, status: 'reverted' } : outcome;
}

/** The leading comment by which the activity view shows what a statement belongs to. */
export function tag({ run, name }: Pick<Task, 'run' | 'name'>, statement?: number): string {
  return `${TAG}run:${run.runId} name:${name}${statement === undefined ? '' : ` statement:${statement}`} */`;
}

/** A statement as it is sent by itself: without its semicolon, and as it was rewritten for the service. */
export function sentAs({ facts }: Script, statements: readonly string[], statement: number): string {
  const rewritten = facts.rewritten?.find(one => one.statement === statement)?.sql;
  return rewritten ?? statements[statement - 1]!.replace(/;\s*$/, '');
}

const COMMENTS = /(?:\s|--(?=\s)[^\n]*\n|#[^\n]*\n|\/\*(?![!+])(?:[^*]|\*(?!\/))*\*\/)*/.source;

/** The verb of a statement that changes rows, behind the comments before it; one with hints of its own is left alone. */
const CHANGES = new RegExp(`^(${COMMENTS})(insert|replace|update|delete)\\b(?!\\s*/\\*\\+)`, 'i');

/** A statement that changes rows, or may. */
const MAY_CHANGE = new RegExp(`^${COMMENTS}(insert|replace|update|delete|with|load)\\b`, 'i');

/** Whether a statement that changes rows takes no hints of ours: it has some already, or none stand behind its first word. */
export function takesNoHints(sql: string): boolean {
  return MAY_CHANGE.test(sql) && !CHANGES.test(sql);
}

/**
 * The statement with hints: one that ends its wait for what others do to its tables, which is a year by default, and those for the settings of a new
 * session. They take no call.
 */
export function hinted(sql: string, seconds: number, hints = ''): string {
  const all = `SET_VAR(lock_wait_timeout = ${seconds}) ${hints}`.trim();
  return sql.replace(CHANGES, (_, before: string, verb: string) => `${before}${verb} /*+ ${all} */`);
}

/** Reads a user variable: within one SET it would not see what the same SET gives it. */
const READS_VARIABLE = /=[^,]*(?<!@)@(?!@)/;

/** Gives variables values that depend on nothing: said again later, it need not be said before. */
const PLAIN = /^(?:(?:session )?\w+ ?= ?(?:'[^'\\]*'|\w+)(?:, |$))+$/i;

/** The SETs to be repeated before a statement in a session of its own, as few statements as they can be. `own` goes with them, those before `from` do not. */
export function settings(
  script: Script,
  statements: readonly string[],
  statement: number,
  own: readonly string[] = [],
  from = 1,
): string[] {
  const { session, assignments = [] } = script.facts;
  const found: string[] = [];
  let shared = [...own];
  const flush = () => {
    if (shared.length > 0) found.push(`SET ${shared.join(', ')}`);
    shared = [];
  };
  for (const [at, number] of session.entries()) {
    if (number >= statement) break;
    if (number < from) continue;
    const text = assignments[at] ?? null;
    if (text === null || READS_VARIABLE.test(text)) flush();
    if (text === null) found.push(sentAs(script, statements, number));
    else {
      const before = shared.indexOf(text);
      if (before >= 0 && shared.slice(before).every(one => PLAIN.test(one))) shared.splice(before, 1);
      shared.push(text);
    }
  }
  flush();
  return found;
}
