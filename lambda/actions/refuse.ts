import { MigrationError } from '../../lib/core/errors.ts';
import type { Action } from '../contract.ts';
import type { Environment } from '../environment.ts';

/** The actions that write, and the command that does the same with the caller's own rights. */
const WRITES: Readonly<Partial<Record<Action, string>>> = {
  migrate: 'up',
  revert: 'down',
  baseline: 'baseline',
  resolve: 'resolve',
};

/**
 * Throws `read-only` for an action that writes, unless the construct allows it: IAM cannot look into a payload, and who may invoke every
 * function of an account must not be able to change tables.
 */
export function refuseWrites(action: Action, environment: Environment, actions: readonly string[]): void {
  const command = WRITES[action];
  if (command === undefined || environment.manualActions === 'all') return;
  const reads = actions.filter(name => !(name in WRITES)).join(', ');
  throw new MigrationError({
    code: 'read-only',
    message: `By hand the function takes only actions that read (${reads}), and ${action} is none`,
    remedy: `Set manualActions: 'all' on the construct and deploy; or do it with your own rights on the Data API, from the folder of the migrations: \`aurora-migrations ${command} ${targetOf(environment)}\``,
  });
}

function targetOf({ resourceArn, secretArn, database = 'NAME', engine, tracking }: Environment): string {
  const options = {
    'cluster-arn': resourceArn,
    'secret-arn': secretArn,
    database,
    engine: engine === 'mysql' ? engine : undefined,
    schema: tracking.schema,
    table: tracking.table,
  };
  return Object.entries(options)
    .flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]))
    .join(' ');
}
