import { InvokeCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { MigrationError } from '../../core/errors.ts';

/** Milliseconds without an answer after which a call is given up: above the time-out of the function, 780 s. */
const PATIENCE = 810_000;

export type Settings = Pick<LambdaClientConfig, 'region' | 'profile'>;

/** A caller of a function. Throws a `MigrationError` for what the function refuses, and the SDK's own errors. */
export function invoker(name: string, settings: Settings) {
  const client = (maxAttempts: number) =>
    new LambdaClient({
      ...settings,
      maxAttempts,
      requestHandler: { connectionTimeout: 5_000, socketTimeout: PATIENCE },
    });
  const clients = { patient: client(3), once: client(1) };
  return async (request: object, repeatable: boolean): Promise<unknown> => {
    const { Payload, FunctionError } = await clients[repeatable ? 'patient' : 'once'].send(
      new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(request)) }),
    );
    const text = Buffer.from(Payload ?? []).toString('utf8');
    if (FunctionError === undefined) return JSON.parse(text);
    throw refusal(name, text);
  };
}

interface FailedPayload {
  readonly errorType?: string;
  readonly errorMessage?: string;
}

/** What the function threw: our own refusals carry their remedy, what Lambda says of a function that died does not. */
function refusal(name: string, text: string): MigrationError {
  let payload: FailedPayload = {};
  try {
    payload = JSON.parse(text) as FailedPayload;
  } catch {
    // Then there is only the text.
  }
  const { errorType = 'function-failed', errorMessage = text } = payload;
  // The function says what to do instead; its log has no more.
  const [message, remedy] = errorMessage.replace(/\.$/, '').split(/(?<=\.) (?=Set manualActions)/);
  if (errorType === 'read-only' && message !== undefined && remedy !== undefined) {
    return new MigrationError({ code: errorType, message, remedy });
  }
  const log = /:function:([^:]+)/.exec(name)?.[1] ?? name;
  return new MigrationError({
    code: /^[a-z-]+$/.test(errorType) ? errorType : 'function-failed',
    message: errorMessage,
    remedy: `The function's log says more: aws logs tail /aws/lambda/${log} --since 1h`,
  });
}
