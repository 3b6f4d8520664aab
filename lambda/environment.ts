import type { OnChanged } from '../lib/core/changed.ts';
import { MigrationError } from '../lib/core/errors.ts';
import type { OutOfOrder } from '../lib/core/plan.ts';
import type { Variables } from './contract.ts';

/** What the construct has set, read. */
export interface Environment {
  readonly resourceArn: string;
  readonly secretArn: string;
  readonly hook: string;
  readonly engine: string | undefined;
  readonly database: string | undefined;
  readonly tracking: { readonly schema?: string; readonly table?: string };
  readonly plan: { readonly onChanged?: OnChanged; readonly outOfOrder?: OutOfOrder; readonly baseline?: string };
  readonly onRollback: 'nothing' | 'revert';
  readonly manualActions: 'read' | 'all';
  readonly lockTimeoutMs: number | undefined;
  readonly timeoutMs: number;
}

/** Read the variables. Throws `no-variable` for one that must be there: somebody has changed the function by hand. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const given = (name: keyof Variables) => variables[name] || undefined;
  const needed = (name: keyof Variables) => {
    const value = given(name);
    if (value !== undefined) return value;
    throw new MigrationError({
      code: 'no-variable',
      message: `The environment variable ${name} of the function is not set`,
      remedy: 'Deploy the stack again: the construct sets it',
    });
  };
  const schema = given('TRACKING_SCHEMA');
  const table = given('TRACKING_TABLE');
  const onChanged = given('ON_CHANGED') as OnChanged | undefined;
  const outOfOrder = given('OUT_OF_ORDER') as OutOfOrder | undefined;
  const baseline = given('BASELINE');
  const lockTimeout = given('LOCK_TIMEOUT_MS');
  return {
    resourceArn: needed('CLUSTER_ARN'),
    secretArn: needed('SECRET_ARN'),
    hook: needed('HOOK'),
    engine: given('ENGINE'),
    database: given('DATABASE'),
    tracking: { ...(schema !== undefined && { schema }), ...(table !== undefined && { table }) },
    plan: {
      ...(onChanged !== undefined && { onChanged }),
      ...(outOfOrder !== undefined && { outOfOrder }),
      ...(baseline !== undefined && { baseline }),
    },
    onRollback: given('ON_ROLLBACK') === 'revert' ? 'revert' : 'nothing',
    manualActions: given('MANUAL_ACTIONS') === 'all' ? 'all' : 'read',
    lockTimeoutMs: lockTimeout === undefined ? undefined : Number(lockTimeout),
    timeoutMs: Number(needed('TIMEOUT_MS')),
  };
}
