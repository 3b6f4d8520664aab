import { sha256 } from '../../lib/core/checksum.ts';
import { MigrationError } from '../../lib/core/errors.ts';

/** Bytes of an answer, as JSON. Lambda takes 6,291,556, https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MOST = 6_000_000;

/** Bytes of what is cut into parts: the rest of the answer (counts, notes) stands beside it. */
const PART = 5_000_000;

/** A part of what is too long for one answer: from there, as much as fits. Nothing is added to what fits as a whole. */
export function partOf<T>(
  whole: readonly T[],
  from: number,
): { part: readonly T[]; next?: number | null; digest?: string } {
  let bytes = 0;
  let end = from;
  while (end < whole.length) {
    bytes += Buffer.byteLength(JSON.stringify(whole[end])) + 1;
    if (bytes > PART && end > from) break;
    end++;
  }
  if (from === 0 && end === whole.length) return { part: whole };
  // Of the whole: who puts parts together sees whether they belong together.
  const digest = sha256(JSON.stringify(whole));
  return { part: whole.slice(from, end), next: end < whole.length ? end : null, digest };
}

/** Throws `too-long` for an answer that Lambda would not hand on, and would not say why. */
export function checkSize(action: string, answer: unknown): void {
  const bytes = Buffer.byteLength(JSON.stringify(answer) ?? '');
  if (bytes <= MOST) return;
  throw new MigrationError({
    code: 'too-long',
    message: `The answer of ${action} has ${Math.round(bytes / 1e6)} MB, more than the 6 that Lambda hands on`,
    remedy: 'Ask for less (a limit, no SQL), or use the command line with the cluster itself',
  });
}
