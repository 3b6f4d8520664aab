import { DatabaseError, type Outcome, type Passing } from '../core/database.ts';
import { parseMysql } from './mysql-errors.ts';

interface Rule {
  readonly outcome: Outcome;
  readonly passing?: Passing;
  readonly remedy?: string;
}

const notAllowed: Rule = {
  outcome: 'not-run',
  passing: 'propagation',
  remedy: 'Allow the five rds-data actions on the cluster and reading its secret',
};

const notEnabled: Rule = {
  outcome: 'not-run',
  passing: 'propagation',
  remedy: 'Enable the Data API of the cluster (enableDataApi: true)',
};

/** Whether an error of the service says that the Data API of the cluster is off. */
export function isNotEnabled(service: string, message: string): boolean {
  return service === 'HttpEndpointNotEnabledException' || /http ?endpoint is not enabled/i.test(message);
}

/** Other errors of the service whose text says the same: the name alone does not tell what was refused. */
function refusalIn(service: string, message: string): Rule | undefined {
  if (isNotEnabled(service, message)) return notEnabled;
  return /is not authorized to perform|access to kms is not allowed/i.test(message) ? notAllowed : undefined;
}

/**
 * By the service's name of the error, for not all of them are in the SDK's model (ValidationException, ThrottlingException). A name that is not
 * listed is an unknown outcome: the statement may have run.
 * Source: API reference of the RDS Data API, and https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-troubleshooting.html
 */
const services: Readonly<Record<string, Rule>> = {
  DatabaseResumingException: { outcome: 'not-run', passing: 'cluster' },
  DatabaseNotFoundException: {
    outcome: 'not-run',
    passing: 'cluster',
    remedy: 'Wait until the writer instance is available; in CDK, let what migrates depend on the cluster',
  },
  // The writer went away, or fails over: a write may have run before that.
  DatabaseUnavailableException: { outcome: 'unknown', passing: 'cluster' },
  InvalidResourceStateException: {
    outcome: 'not-run',
    passing: 'cluster',
    remedy: 'Wait until the cluster is available',
  },
  ThrottlingException: { outcome: 'not-run', passing: 'load' },
  TooManyRequestsException: { outcome: 'not-run', passing: 'load' },
  ValidationException: { outcome: 'not-run' },
  BadRequestException: { outcome: 'not-run' },
  ForbiddenException: notAllowed,
  AccessDeniedException: notAllowed,
  HttpEndpointNotEnabledException: notEnabled,
  InvalidSecretException: {
    outcome: 'not-run',
    remedy: 'Check that the secret holds username and password of a user of this cluster',
  },
  SecretsErrorException: {
    outcome: 'not-run',
    remedy: 'Check the ARN of the secret, and that the caller may read and decrypt it',
  },
  TransactionNotFoundException: { outcome: 'unknown' },
  NotFoundException: { outcome: 'unknown' },
  // Of Secrets Manager: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
  ResourceNotFoundException: { outcome: 'not-run' },
  DecryptionFailure: { outcome: 'not-run' },
  InvalidParameterException: { outcome: 'not-run' },
  InvalidRequestException: { outcome: 'not-run' },
  UnrecognizedClientException: { outcome: 'not-run', remedy: 'Check the AWS credentials' },
  InvalidSignatureException: { outcome: 'not-run', remedy: 'Check the AWS credentials and the clock of this machine' },
  ExpiredTokenException: { outcome: 'not-run', remedy: 'Renew the AWS credentials' },
  CredentialsProviderError: {
    outcome: 'not-run',
    remedy: 'Provide AWS credentials, for example with AWS_PROFILE or `aws sso login`',
  },
};

/** Errors of the connection that were met before anything was sent. */
const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** SQLSTATEs that do not say that the statement was rolled back: the connection, or its server, went away while it ran. */
const connectionLost = /^(08|57P0)/;

/** SQLSTATEs met while connecting, before any statement. */
const connecting: Readonly<Record<string, Rule>> = {
  '3D000': { outcome: 'not-run', remedy: 'Create the database, or name another with the option database' },
  '28P01': { outcome: 'not-run', remedy: 'Check the password in the secret' },
  '28000': { outcome: 'not-run', remedy: 'Check that the user of the secret may connect to this database' },
  '53300': { outcome: 'not-run', passing: 'load' },
  '57P03': { outcome: 'not-run', passing: 'cluster' },
};

/** Throws what the SDK threw as a `DatabaseError`. */
export function throwClassified(thrown: unknown): never {
  throw classify(thrown);
}

/** Makes a `DatabaseError` of what the SDK threw. */
export function classify(thrown: unknown): DatabaseError {
  const { name, message, code, status } = read(thrown);
  const make = (
    rule: Rule,
    text = message,
    more: Partial<Parsed & { errorCode: number | undefined }> = {},
  ): DatabaseError =>
    new DatabaseError(text, {
      service: name,
      cause: thrown,
      remedy: rule.remedy,
      outcome: rule.outcome,
      passing: rule.passing ?? null,
      ...more,
    });
  if (code !== undefined && unreachable.has(code)) {
    return make(
      { outcome: 'not-run', remedy: 'Check that the endpoint is right and can be reached' },
      `cannot connect (${code})`,
    );
  }
  if (status === 429) return make({ outcome: 'not-run', passing: 'load' });
  if (name === 'DatabaseErrorException') return database();
  const rule = services[name];
  if (!rule) return make({ outcome: 'unknown' }, `${message} (${name}${status ? `, HTTP ${status}` : ''})`);
  if (name === 'SecretsErrorException' && /tim(ed|e) ?out/i.test(message)) return make({ ...rule, passing: 'load' });
  return make(rule.outcome === 'not-run' ? (refusalIn(name, message) ?? rule) : rule);

  function database(): DatabaseError {
    // The previous statement of this transaction still works.
    if (message.startsWith('Transaction is still running a query')) return make({ outcome: 'not-run' });
    const mysql = parseMysql(message);
    if (mysql) {
      const { outcome, busy, ...more } = mysql;
      return make({ outcome, ...(busy && { passing: 'load' as const }) }, more.message, more);
    }
    const parsed = parse(message);
    // The service's own words for everything that is no answer of the database: seen for failures and for successes.
    if (parsed.sqlState === undefined) {
      const remedy = 'Check the statement for a quote or $$ that is not closed';
      return make({ outcome: 'unknown', remedy }, parsed.message);
    }
    const rule = connecting[parsed.sqlState] ?? {
      outcome: connectionLost.test(parsed.sqlState) ? 'unknown' : 'failed',
    };
    return make(rule, parsed.message, parsed);
  }
}

interface Parsed {
  readonly message: string;
  readonly sqlState: string | undefined;
  readonly detail: string | undefined;
  readonly hint: string | undefined;
  readonly where: string | undefined;
}

/** `ERROR: message; Detail: …; Hint: …; Where: …; Position: 15; SQLState: 42P01` */
export function parse(text: string): Parsed {
  const sqlState = /SQLState:\s*([0-9A-Z]{5})\s*$/.exec(text)?.[1];
  const parts = text
    .replace(/[;,]?\s*SQLState:\s*[0-9A-Z]{5}\s*$/, '')
    .split(/; (?=(?:Detail|Hint|Where|Position|File|Line|Routine|Error code): )/);
  const part = (name: string) => parts.find(one => one.startsWith(`${name}: `))?.slice(name.length + 2);
  return {
    message: (parts[0] ?? text).replace(/^(ERROR|FATAL|PANIC):\s*/, ''),
    sqlState,
    detail: part('Detail'),
    hint: part('Hint'),
    where: part('Where'),
  };
}

function read(thrown: unknown): {
  name: string;
  message: string;
  code: string | undefined;
  status: number | undefined;
} {
  if (!(thrown instanceof Error))
    return { name: 'Unknown', message: String(thrown), code: undefined, status: undefined };
  const { code, $metadata } = thrown as { code?: string; $metadata?: { httpStatusCode?: number } };
  return { name: thrown.name, message: thrown.message, code, status: $metadata?.httpStatusCode };
}
