import type { ResourceEvent } from './events.ts';
import { toThrown } from './failure.ts';
import type { Hook } from './hook.ts';

/**
 * The template says which manifest a request is for. Lambda may still answer with the code of before for a moment, and a waiter that
 * CloudFormation gave up on meets the code of after: neither must apply what the request did not mean.
 */
export function checkDigest({ migrations }: Hook, { ResourceProperties }: ResourceEvent): void {
  const { Digest } = ResourceProperties;
  const own = migrations.manifest.digest;
  if (Digest === own) return;
  throw toThrown(
    `The function holds another manifest (${own.slice(0, 12)}) than this request is for (${String(Digest).slice(0, 12)}). Deploy again; what has been applied stays.`,
  );
}
