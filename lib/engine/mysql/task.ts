import type { Script } from '../../core/manifest.ts';
import type { Applied, ApplyRequest, Failure, Reverted, RevertRequest, Run } from '../engine.ts';

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
  readonly onStatement: (statement: number) => void;
}

export function taskOf({ migration, body, ...request }: ApplyRequest): Task {
  const { name, version, checksum, statementsChecksum } = migration;
  return {
    target: 'applied',
    name,
    version,
    checksum,
    statementsChecksum,
    script: body.up,
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
  | { readonly status: 'already' | 'fenced' | 'busy' }
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

/** The statements of a script: its pieces, less those left out. */
export function cut({ content, facts }: Script): string[] {
  const bytes = new TextEncoder().encode(content);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const statements: string[] = [];
  let at = 0;
  for (const piece of facts.pieces) {
    if (piece > 0) statements.push(decoder.decode(bytes.subarray(at, at + piece)));
    at += Math.abs(piece);
  }
  return statements;
}

/** A statement as it is sent by itself: without its semicolon, and as it was rewritten for the service. */
export function sentAs({ facts }: Script, statements: readonly string[], statement: number): string {
  const rewritten = facts.rewritten?.find(one => one.statement === statement)?.sql;
  return rewritten ?? statements[statement - 1]!.replace(/;\s*$/, '');
}

/** Reads a user variable: within one SET it would not see what the same SET gives it. */
const READS_VARIABLE = /=[^,]*(?<!@)@(?!@)/;

/** The SETs to be repeated before a statement in a session of its own, as few statements as they can be. `own` goes with them. */
export function settings(
  script: Script,
  statements: readonly string[],
  statement: number,
  own: readonly string[] = [],
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
    const text = assignments[at] ?? null;
    if (text === null || READS_VARIABLE.test(text)) flush();
    if (text === null) found.push(sentAs(script, statements, number));
    else shared.push(text);
  }
  flush();
  return found;
}
