import { DatabaseError } from '../lib/core/database.ts';
import { MigrationError, type Problem } from '../lib/core/errors.ts';
import { waitedFor } from '../lib/data-api/retry.ts';
import { OTHER_CODE } from './check-manifest.ts';

/** Milliseconds from the start of a request in which Lambda may serve the previous code. */
export const PREVIOUS_CODE_MS = 60_000;

/** What a request waits for whose function has other code. */
export const CODE_OF_DEPLOY = 'Lambda to serve the code of this deploy';

/** Milliseconds that one call of a slice waits for the cluster. The next slice goes on waiting, up to the time of the deploy. */
export const CLUSTER_MS = 300_000;

/** Problems that another slice may find solved, up to the time of the deploy. */
const PASSING = new Set(['out-of-time', 'lease-held', 'interrupted', 'no-answer', 'not-ready']);

/** Whether a slice that ended with these problems may be followed by another one. A refusal is not among them: its slice has waited for it. */
export function mayPass(problems: readonly Problem[], startedAt: number): boolean {
  const codeMayChange = Date.now() < startedAt + PREVIOUS_CODE_MS;
  return problems.every(({ code }) => PASSING.has(code) || (code === OTHER_CODE && codeMayChange));
}

/** What a request waits for, as a noun, and since when it was refused, where it was. */
export interface NotYet {
  readonly what: string;
  readonly RefusedAt?: number;
}

/** Says what the request waits for whose first look at the database threw this; null: nothing that passes by itself. */
export function notYet(error: unknown, startedAt: number): NotYet | null {
  if (!(error instanceof MigrationError)) return null;
  const { cause, problems } = error;
  if (problems.some(({ code }) => code === OTHER_CODE)) return { what: CODE_OF_DEPLOY };
  if (cause instanceof DatabaseError && cause.passing === 'propagation') {
    return { what: waitedFor(cause), RefusedAt: Date.now() };
  }
  if (!mayPass(problems, startedAt)) return null;
  return { what: cause instanceof DatabaseError ? waitedFor(cause) : 'the secret' };
}

/** Whether a slice that threw this had waited for a refusal to pass. */
export function wasRefused(error: MigrationError): boolean {
  return error.cause instanceof DatabaseError && error.cause.passing === 'propagation';
}
