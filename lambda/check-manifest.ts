import type { Problem } from '../lib/core/errors.ts';
import type { ResourceEvent } from './events.ts';
import type { Hook } from './hook.ts';

/** Code of the problem that the function has other code than its request is for. */
export const OTHER_CODE = 'other-code';

/**
 * Says that the function has other code than the request is for; null: it has that code. The template says which manifest a request is for.
 * Lambda may briefly serve the previous code, `--hotswap` and `cdk watch` change the code silently, and a waiter that CloudFormation gave up
 * on meets the code of a later deploy: none of them must apply what the request did not mean.
 */
export function otherCode({ migrations }: Hook, { ResourceProperties }: ResourceEvent): Problem | null {
  const { Digest } = ResourceProperties;
  const own = migrations.manifest.digest;
  if (Digest === own) return null;
  return {
    code: OTHER_CODE,
    message: `The function has the migrations ${own.slice(0, 12)}, but the template of this deploy is for ${String(Digest).slice(0, 12)}: \`cdk deploy --hotswap\`, \`cdk watch\` or an update by hand has changed the code of the function, and CloudFormation does not know of it`,
    remedy:
      'Change a file of the folder (a comment will do) and run `cdk deploy`, which replaces the code; or put the code back that was deployed last, then deploy again. Nothing was applied',
  };
}
