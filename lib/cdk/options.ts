import { Duration } from 'aws-cdk-lib';
import { MigrationError } from '../core/errors.ts';
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
