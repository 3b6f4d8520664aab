/**
 * An error as the service answers it. Names and statuses are those of the service's model
 * (https://github.com/boto/botocore/blob/develop/botocore/data/rds-data/2018-08-01/service-2.json.gz); those that the model does not know
 * (`ValidationException`, `ThrottlingException`, `InternalFailure`) were reported from the live service.
 */
export class ServiceError extends Error {
  override readonly name: string;
  readonly status: number;
  /** Members of the answer beside `message`. */
  readonly members: Readonly<Record<string, unknown>>;
  /** Answer with this text of this type instead of JSON: what a load balancer does. */
  readonly page: { readonly type: string; readonly text: string } | undefined;

  constructor(
    name: string,
    status: number,
    message: string,
    more: { members?: Readonly<Record<string, unknown>>; page?: { type: string; text: string } } = {},
  ) {
    super(message);
    this.name = name;
    this.status = status;
    this.members = more.members ?? {};
    this.page = more.page;
  }
}

/** Never modelled, always there: what the service says to a request it does not like. */
export function validation(message: string): ServiceError {
  return new ServiceError('ValidationException', 400, message);
}

/** The database answered with an error. */
export function databaseError(message: string): ServiceError {
  return new ServiceError('DatabaseErrorException', 400, message);
}

/** The answer without SQLSTATE, position or cause. https://github.com/psd401/aistudio/issues/565 */
export function opaque(): ServiceError {
  return databaseError('Database returned SQL Exception');
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-troubleshooting.html */
export function transactionNotFound(id: string, cause = ''): ServiceError {
  return new ServiceError(
    'TransactionNotFoundException',
    404,
    `Transaction ${id} is not found.${cause && ` ${cause}`}`,
  );
}

export function unsupportedResult(message: string): ServiceError {
  return new ServiceError('UnsupportedResultException', 400, message);
}

/** The text is not documented: programs go by the name. */
export function statementTimeout(dbConnectionId: number): ServiceError {
  return new ServiceError('StatementTimeoutException', 400, 'Request timed out', { members: { dbConnectionId } });
}

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html */
export function resuming(): ServiceError {
  return new ServiceError(
    'DatabaseResumingException',
    400,
    'The Aurora DB instance db-LOCAL0000000 is resuming after being auto-paused. Please wait a few seconds and try again.',
  );
}

/** The cluster is there, its writer instance not yet. */
export function noWriter(): ServiceError {
  return new ServiceError('DatabaseNotFoundException', 404, 'Cannot find DBInstance in DBCluster');
}

export function httpEndpointNotEnabled(arn: string): ServiceError {
  return new ServiceError('HttpEndpointNotEnabledException', 400, `HttpEndPoint is not enabled for ${arn}`);
}

/** The secret is not there, or cannot be read. */
export function secretNotFound(): ServiceError {
  return new ServiceError(
    'SecretsErrorException',
    400,
    "There was a problem with the Secrets Manager secret used with the request: Secrets Manager can't find the specified secret.",
  );
}

export function invalidSecret(): ServiceError {
  return new ServiceError(
    'InvalidSecretException',
    400,
    "The Secrets Manager secret used with the request isn't valid.",
  );
}

export function throttled(): ServiceError {
  return new ServiceError('ThrottlingException', 400, 'Rate exceeded');
}

/** Answered without any text. */
export function internalFailure(): ServiceError {
  return new ServiceError('InternalFailure', 500, '');
}

export function internalServerError(): ServiceError {
  return new ServiceError('InternalServerErrorException', 500, '');
}

export function serviceUnavailable(): ServiceError {
  return new ServiceError(
    'ServiceUnavailableError',
    503,
    'The service specified by the resourceArn parameter is not available.',
  );
}

export function databaseUnavailable(): ServiceError {
  return new ServiceError('DatabaseUnavailableException', 504, '');
}

/** What stands before the service answers in its place: no JSON, no error type. */
export function gatewayTimeout(): ServiceError {
  const text =
    '<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body><h1>504 Gateway Time-out</h1></body>\r\n</html>\r\n';
  return new ServiceError('GatewayTimeout', 504, '504 Gateway Time-out', { page: { type: 'text/html', text } });
}
