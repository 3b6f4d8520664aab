import { Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Variables } from '../../lambda/contract.ts';
import { sha256 } from '../core/checksum.ts';
import { MigrationError } from '../core/errors.ts';
import type { EngineName } from '../core/manifest.ts';
import type { AuroraMigrationsProps } from './props.ts';

/** Minutes of CloudFormation's hour that are left for the answer. */
export const ANSWER_MINUTES = 5;

/** Minutes that a deploy may take. Throws a `MigrationError` for what could never work. */
export function timeoutMinutes({ timeout = Duration.minutes(55) }: AuroraMigrationsProps): number {
  const minutes = timeout.toMinutes({ integral: false });
  if (Number.isInteger(minutes) && minutes >= 5 && minutes <= 60 - ANSWER_MINUTES) return minutes;
  throw new MigrationError({
    code: 'bad-option',
    message: `A timeout of ${minutes} minutes cannot be kept`,
    remedy: 'Give 5 to 55 whole minutes: CloudFormation itself ends after 60',
  });
}

/** Milliseconds that a statement waits for a lock, as text. */
export function lockTimeout({ lockTimeout }: AuroraMigrationsProps): string | undefined {
  if (lockTimeout === undefined) return undefined;
  const ms = lockTimeout.toMilliseconds();
  if (ms >= 1 && ms <= 300_000) return String(ms);
  throw new MigrationError({
    code: 'bad-option',
    message: `A lockTimeout of ${ms} ms cannot be kept`,
    remedy: 'Give 1 ms to 5 minutes',
  });
}

/** Variables of the function that decide what the run of a deploy does, for all but its target. */
type RunVariables = Omit<Variables, 'CLUSTER_ARN' | 'SECRET_ARN' | 'DATABASE' | 'HOOK' | 'MANUAL_ACTIONS'>;

export function runVariables(props: AuroraMigrationsProps, engine: EngineName | undefined): RunVariables {
  const all: { readonly [Name in keyof RunVariables]: string | undefined } = {
    TIMEOUT_MS: String(timeoutMinutes(props) * 60_000),
    ENGINE: engine,
    TRACKING_SCHEMA: props.schema,
    TRACKING_TABLE: props.table,
    ON_CHANGED: props.onChanged,
    OUT_OF_ORDER: props.outOfOrder,
    ON_ROLLBACK: props.onRollback,
    BASELINE: typeof props.baseline === 'object' ? JSON.stringify(props.baseline) : props.baseline,
    LOCK_TIMEOUT_MS: lockTimeout(props),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as RunVariables;
}

/** A digest of these variables: another one makes CloudFormation send an Update. */
export function optionsDigest(variables: RunVariables): string {
  return sha256(JSON.stringify(Object.entries(variables).toSorted()));
}

/** Context value: the stamp of all hooks of an app. */
const STAMP_CONTEXT = 'aurora-migrations:stamp';

/** The text that makes CloudFormation send an Update on every deploy, or nothing where none is wanted. */
export function stampOf(construct: Construct, { runOn = 'deploy', stamp }: AuroraMigrationsProps): string | undefined {
  const given: unknown = stamp ?? construct.node.tryGetContext(STAMP_CONTEXT);
  if (runOn === 'change') {
    if (stamp === undefined) return undefined;
    throw new MigrationError({
      code: 'bad-option',
      message: "The option stamp has no effect with runOn: 'change'",
      remedy: 'Remove one of the two',
    });
  }
  if (given === undefined) return new Date().toISOString();
  const text = typeof given === 'number' ? String(given) : given;
  if (typeof text === 'string' && text.trim() !== '') return text;
  throw new MigrationError({
    code: 'bad-option',
    message: `The stamp is ${JSON.stringify(given)}, so no deploy would differ from the one before`,
    remedy: `Give a text that is another one for each deploy, for example -c ${STAMP_CONTEXT}=$(git rev-parse HEAD)`,
  });
}
