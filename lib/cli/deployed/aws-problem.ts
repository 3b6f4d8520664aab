import { MigrationError, type Problem } from '../../core/errors.ts';
import type { FunctionPlace } from '../project-folder.ts';

/** Work that calls AWS: the errors of its services and of the SDK, with what to do about them. */
export async function aws<T>(what: Pick<FunctionPlace, 'function' | 'stack'>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof MigrationError || !(error instanceof Error)) throw error;
    const problem = problemOf(error, what);
    if (!problem) throw error;
    throw new MigrationError({ ...problem, message: `${problem.message}: ${error.message}` }, { cause: error });
  }
}

function problemOf({ name, message }: Error, what: Pick<FunctionPlace, 'function' | 'stack'>): Problem | undefined {
  const meant = what.function === undefined ? `The stack ${what.stack}` : `The function ${what.function}`;
  const credentials = 'Sign in (`aws sso login`), or choose a profile with --profile';
  switch (name) {
    case 'CredentialsProviderError':
    case 'TokenProviderError':
    case 'ExpiredTokenException':
    case 'ExpiredToken':
    case 'UnrecognizedClientException':
    case 'InvalidClientTokenId':
      return {
        code: 'no-credentials',
        message: 'AWS is not to be reached with these credentials',
        remedy: credentials,
      };
    case 'ResourceNotFoundException':
      return {
        code: 'no-function',
        message: `${meant} is not there`,
        remedy: 'Check its name and the region (--region), or name its stack with --stack',
      };
    case 'AccessDeniedException':
    case 'AccessDenied':
      return {
        code: 'not-allowed',
        message: `${meant} may not be asked by this user`,
        remedy:
          what.function === undefined
            ? 'Allow cloudformation:ListStackResources and cloudformation:DescribeStackResource'
            : 'Allow lambda:InvokeFunction (`migrations.grantInvoke(…)` in the stack)',
      };
    case 'ValidationError':
      return { code: 'no-stack', message: `${meant} is not there`, remedy: 'Check its name and the region (--region)' };
    case 'TimeoutError':
      return {
        code: 'no-answer',
        message: `${meant} did not answer`,
        remedy: 'It may still be at work: `status` and `history` tell what it has done',
      };
    default:
      if (/region is missing/i.test(message))
        return { code: 'no-region', message: 'No region is known', remedy: 'Give --region, or a profile that has one' };
      if (/ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ECONNRESET/.test(`${name} ${message}`))
        return { code: 'no-answer', message: `${meant} cannot be reached`, remedy: 'Check the network and the region' };
      return undefined;
  }
}
