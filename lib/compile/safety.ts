import { type Allowance, type Comment, readAllowances } from '../core/allowances.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import type { Finding } from '../core/safety.ts';
import type { Source } from './source.ts';

/** Code of the warning about a comment that lets nothing pass. */
export const UNNEEDED = 'unneeded-allowance';

/** A finding, and where a comment of the file lets it pass, why. */
export interface JudgedFinding extends Finding {
  /** The reason of the comment, which may be empty with tools of others; undefined: it is not allowed. */
  readonly allowed?: string;
}

export interface Placed {
  readonly finding: Finding;
  /** Offset of the statement, or of the token where a rule is about one. */
  readonly offset: number;
}

/** A file whose migration was judged. */
export interface JudgedFile {
  readonly source: Source;
  readonly comments: readonly Comment[];
  /** Where each statement begins, in order. */
  readonly starts: readonly number[];
  readonly findings: readonly Placed[];
}

/** What a file's comments are measured by. */
export interface KnownRules {
  /** Ids of the engine's rules. */
  readonly known: readonly string[];
  /** All rules have judged the file, knowing only what stands before it: a comment that lets nothing pass then is unneeded. */
  readonly isComplete: boolean;
}

/**
 * Applies the comments of a file to its findings. A comment of ours that names an unknown rule is an error of the file, one that lets
 * nothing pass a warning.
 */
export function applyAllowances(
  { source, comments, starts, findings }: JudgedFile,
  { known, isComplete }: KnownRules,
): JudgedFinding[] {
  const { allowances, mistakes } = readAllowances(comments);
  for (const { start, message, remedy } of mistakes) source.error('bad-allowance', start, message, remedy);
  const used = new Set<Allowance>();
  const judged = findings.map(({ finding, offset }): JudgedFinding => {
    const allowance = allowances.find(each => allows(each, finding.rule, offset, starts));
    if (!allowance) return finding;
    used.add(allowance);
    return { ...finding, allowed: allowance.reason };
  });
  for (const allowance of allowances) {
    if (allowance.by !== 'migrate') continue;
    const strange = allowance.rules?.find(id => !known.includes(id));
    if (strange !== undefined) {
      const near = didYouMean(strange, known);
      const remedy = `${near === undefined ? '' : `Did you mean "${near}"? `}docs/safety.md lists the rules`;
      source.error('unknown-rule', allowance.start, `Unknown safety rule "${strange}"`, remedy);
    } else if (isComplete && !used.has(allowance)) {
      const message = `"migrate:allow" of ${allowance.rules?.join(', ')} lets nothing pass`;
      source.warn(UNNEEDED, allowance.start, message, 'Delete the comment');
    }
  }
  return judged;
}

function allows({ scope, rules, start }: Allowance, rule: string, offset: number, starts: readonly number[]): boolean {
  if (rules !== null && !rules.includes(rule)) return false;
  if (scope === 'file') return true;
  // The statement after the comment: offsets inside of it count too, for a rule about a token.
  const next = starts.findIndex(at => at > start);
  return next >= 0 && offset >= starts[next]! && offset < (starts[next + 1] ?? Number.POSITIVE_INFINITY);
}
