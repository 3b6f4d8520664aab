import { type Duration, Token } from 'aws-cdk-lib';
import { didYouMean } from '../core/did-you-mean.ts';
import { MigrationError, type Problem } from '../core/errors.ts';
import type { AuroraMigrationsProps } from './props.ts';

/** What an option takes. */
interface Kind {
  /** As it ends the sentence "Give …". */
  readonly says: string;
  readonly accepts: (value: unknown) => boolean;
  /** The only words that it takes. */
  readonly words?: readonly string[];
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isKnownText = (value: unknown) => isText(value) && !Token.isUnresolved(value);
/** By what it can do: an app may hold two copies of aws-cdk-lib, with a class each. */
const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
const can = (member: string) => (value: unknown) => isObject(value) && member in value;

const text: Kind = { says: 'a text that is not empty, or leave it out', accepts: isText };
const knownText: Kind = { says: 'a text that is known at synth, or leave it out', accepts: isKnownText };
const construct = (what: string): Kind => ({ says: what, accepts: can('node') });
const constructOrArn = (what: string): Kind => ({
  says: what,
  accepts: value => can('node')(value) || isText(value),
});
const oneOf = (...words: readonly string[]): Kind => ({
  says: words.map(word => `'${word}'`).join(' or '),
  accepts: value => words.includes(value as string),
  words,
});
const duration: Kind = {
  says: 'a Duration that is known at synth, for example Duration.minutes(1)',
  accepts: value => can('toMilliseconds')(value) && !(value as Duration).isUnresolved(),
};
const boolean: Kind = { says: 'true or false', accepts: value => typeof value === 'boolean' };

/** What each option takes. TypeScript says the same while one types; JavaScript, and what is cast to any, comes here only. */
const OPTIONS: { readonly [Name in keyof Required<AuroraMigrationsProps>]: Kind } = {
  cluster: constructOrArn('a DatabaseCluster or the ARN of a cluster'),
  secret: constructOrArn('a Secret or its complete ARN'),
  migrations: knownText,
  database: text,
  engine: oneOf('postgresql', 'mysql'),
  onChanged: oneOf('reapply', 'fail', 'ignore'),
  outOfOrder: oneOf('apply', 'fail'),
  onRollback: oneOf('nothing', 'revert'),
  manualActions: oneOf('read', 'all'),
  baseline: knownText,
  runOn: oneOf('deploy', 'change'),
  stamp: { says: 'a text', accepts: value => typeof value === 'string' },
  lockTimeout: duration,
  timeout: duration,
  schema: knownText,
  table: knownText,
  logRetention: { says: 'one of RetentionDays', accepts: value => typeof value === 'number' },
  logGroup: construct('a LogGroup'),
  vpc: construct('a Vpc'),
  vpcSubnets: {
    says: 'a selection of subnets, for example { subnetType: SubnetType.PRIVATE_ISOLATED }',
    accepts: isObject,
  },
  securityGroups: {
    says: 'a list of SecurityGroup',
    accepts: value => Array.isArray(value) && value.every(can('node')),
  },
  memorySize: {
    says: 'whole MiB from 128 to 10240',
    accepts: value =>
      Token.isUnresolved(value) || (Number.isInteger(value) && Number(value) >= 128 && Number(value) <= 10_240),
  },
  alarmTopic: construct('a Topic'),
  dashboard: boolean,
};

/** Throws a `MigrationError` with every option that there is not, and every value that its option does not take. */
export function checkValues(props: AuroraMigrationsProps): void {
  // Whether it was given or not: there is no default for the cluster.
  const given = new Map<string, unknown>([['cluster', undefined], ...Object.entries(props ?? {})]);
  const wrong = [...given].flatMap(([name, value]) => problemOf(name, value) ?? []);
  if (wrong.length > 0) throw new MigrationError(wrong);
}

function problemOf(name: string, value: unknown): Problem | undefined {
  const kind = Object.hasOwn(OPTIONS, name) ? OPTIONS[name as keyof AuroraMigrationsProps] : undefined;
  if (kind === undefined) return unknownOption(name);
  if (kind.accepts(value) || (value === undefined && name !== 'cluster')) return undefined;
  const meant = typeof value === 'string' && kind.words ? didYouMean(value, kind.words) : undefined;
  return {
    code: 'bad-option',
    message: `The option ${name} does not take ${shown(value)}`,
    remedy: meant === undefined ? `Give ${kind.says}` : `Did you mean '${meant}'?`,
  };
}

function unknownOption(name: string): Problem {
  const meant = didYouMean(name, Object.keys(OPTIONS));
  return {
    code: 'bad-option',
    message: `There is no option ${name}`,
    remedy:
      meant === undefined ? `Remove it, or use one of ${Object.keys(OPTIONS).join(', ')}` : `Did you mean ${meant}?`,
  };
}

function shown(value: unknown): string {
  if (typeof value === 'string') return Token.isUnresolved(value) ? 'a token' : `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  return Token.isUnresolved(value) ? 'a token' : `an object (${value.constructor?.name ?? 'without class'})`;
}
