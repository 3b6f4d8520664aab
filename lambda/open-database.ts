import type { Database } from '../lib/core/database.ts';
import { MigrationError } from '../lib/core/errors.ts';
import type { EngineName } from '../lib/core/manifest.ts';
import { retry } from '../lib/core/retry.ts';
import { throwClassified } from '../lib/data-api/errors.ts';
import { DatabaseError, dataApi } from '../lib/data-api/index.ts';
import { type RetryOptions, retriesOf } from '../lib/data-api/retry.ts';
import type { Engine } from '../lib/engine/engine.ts';
import type { Environment } from './environment.ts';

/** The database of an invocation, and what is true of its engine. */
export interface Target {
  readonly database: Database;
  readonly engine: Engine;
}

/** The engines. Each is a file of its own: `lib/cdk/asset.ts` ships the one that a function needs. */
const ENGINES: Readonly<Record<EngineName, (names: Environment['tracking']) => Promise<Engine>>> = {
  postgresql: async names => (await import('./postgresql.ts')).postgresql(names),
  mysql: async names => (await import('./mysql.ts')).mysql(names),
};

/** What RDS and its secrets call them. */
const NAMES: Readonly<Record<string, EngineName>> = {
  postgresql: 'postgresql',
  postgres: 'postgresql',
  'aurora-postgresql': 'postgresql',
  mysql: 'mysql',
  'aurora-mysql': 'mysql',
};

/**
 * Open the database that the environment names; what it leaves open, the secret tells. Throws a `MigrationError`: for one, where the engine is
 * another than the one that the migrations were compiled for.
 */
export async function openTarget(
  environment: Environment,
  compiledFor: EngineName,
  waiting: RetryOptions,
): Promise<Target> {
  const { resourceArn, secretArn, tracking } = environment;
  const { engine, database } = await complete(environment, waiting);
  const name = NAMES[engine];
  if (name === compiledFor) {
    return {
      engine: await ENGINES[name](tracking),
      database: dataApi({ resourceArn, secretArn, database, ...waiting }),
    };
  }
  throw new MigrationError({
    code: 'other-engine',
    message: `The migrations were compiled for ${compiledFor}, but the engine of the cluster is ${engine}`,
    remedy: 'Give the construct the option engine',
  });
}

/** Secrets change seldom, and a warm function is asked again and again while a deploy lasts. */
const secrets = new Map<string, Readonly<Record<string, unknown>>>();

async function complete(
  { engine, database, secretArn }: Environment,
  waiting: RetryOptions,
): Promise<{ engine: string; database: string }> {
  if (engine !== undefined && database !== undefined) return { engine, database };
  const secret = secrets.get(secretArn) ?? (await readMembers(secretArn, waiting));
  secrets.set(secretArn, secret);
  return {
    engine: engine ?? member('engine', 'engine: postgresql or mysql'),
    database: database ?? member('dbname', 'database: the name of the database'),
  };

  function member(name: string, option: string): string {
    const value = secret[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new MigrationError({
      code: `no-${name}`,
      message: `The secret ${secretArn} has no ${name}, and the construct was not told either`,
      remedy: `Give the construct the option ${option}`,
    });
  }
}

async function readMembers(secretArn: string, waiting: RetryOptions): Promise<Readonly<Record<string, unknown>>> {
  let text: string;
  try {
    const { readSecret } = await import('./secret.ts');
    text = await retry(() => readSecret(secretArn).catch(throwClassified), retriesOf('read', waiting));
  } catch (cause) {
    if (!(cause instanceof DatabaseError)) throw cause;
    const code = isRefusal(cause) ? 'no-secret' : 'no-answer';
    const message = `The secret ${secretArn} cannot be read (${cause.service})`;
    const remedy = 'Check that it exists and that the function may read and decrypt it';
    throw new MigrationError({ code, message, remedy }, { cause });
  }
  try {
    return JSON.parse(text);
  } catch {
    // What cannot be parsed is not quoted: it may be the password.
    throw new MigrationError({
      code: 'bad-secret',
      message: `The secret ${secretArn} is not JSON`,
      remedy: 'Name a secret with username and password as RDS writes them',
    });
  }
}

/** Whether Secrets Manager has heard the request and will say the same the next time. */
function isRefusal({ outcome, passing }: DatabaseError): boolean {
  return outcome === 'not-run' && passing !== 'load';
}
