import { type Duration, Token } from 'aws-cdk-lib';
import { didYouMean } from '../core/did-you-mean.ts';
import { MigrationError, type Problem } from '../core/errors.ts';
import { SOURCE_TOOLS } from '../core/source.ts';
import type { AuroraMigrationsProps } from './props.ts';

/** What an option takes. */
interface Kind {
  /** As it ends the sentence "Give …". */
  readonly says: string;
  readonly accepts: (value: unknown) => boolean;
  /** The only words that it takes. */
  readonly words?: readonly string[];
  /** Of an object: what each member takes, by its name. */
  readonly members?: Readonly<Record<string, Kind>>;
  /** Of an object with any names: what each member takes. */
  readonly each?: Kind;
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
const safetyLevel = oneOf('warn', 'fail', 'off');
const safety: Kind = {
  says: `${safetyLevel.says}, or an object with level, rules and since`,
  accepts: value => safetyLevel.accepts(value) || isObject(value),
  words: safetyLevel.words!,
  members: {
    level: safetyLevel,
    rules: {
      says: "an object with rules and their levels, for example { 'ban-drop-table': 'off' }",
      accepts: isObject,
      each: safetyLevel,
    },
    since: knownText,
  },
};
const tool = oneOf(...SOURCE_TOOLS);
const baseline: Kind = {
  says: "a version that is known at synth, or an object with from, the tool that has migrated the database: { from: 'goose' }",
  accepts: value => isKnownText(value) || (isObject(value) && 'from' in value),
  members: {
    from: tool,
    fromTable: knownText,
    skip: {
      says: "a list of ids, for example ['00003']",
      accepts: value => Array.isArray(value) && value.every(isKnownText),
    },
  },
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
  baseline,
  safety,
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
  const wrong = [...given].flatMap(([name, value]) => problemsOf(name, value, OPTIONS));
  if (wrong.length > 0) throw new MigrationError(wrong);
}

/** `name` is that of an option, or of a member of one: `safety.level`. */
function problemsOf(name: string, value: unknown, known: Readonly<Record<string, Kind>>): Problem[] {
  const own = name.slice(name.lastIndexOf('.') + 1);
  const kind = Object.hasOwn(known, own) ? known[own] : undefined;
  return kind === undefined ? [unknownOption(name, Object.keys(known))] : valueProblems(name, value, kind);
}

function valueProblems(name: string, value: unknown, kind: Kind): Problem[] {
  if (value === undefined && name !== 'cluster') return [];
  if (!kind.accepts(value)) return [refusedValue(name, value, kind)];
  if (!isObject(value)) return [];
  const { members, each } = kind;
  return Object.entries(value).flatMap(([member, one]) => {
    if (members) return problemsOf(`${name}.${member}`, one, members);
    return each ? valueProblems(`${name}['${member}']`, one, each) : [];
  });
}

function refusedValue(name: string, value: unknown, { words, says }: Kind): Problem {
  const meant = typeof value === 'string' && words ? didYouMean(value, words) : undefined;
  return {
    code: 'bad-option',
    message: `The option ${name} does not take ${shown(value)}`,
    remedy: meant === undefined ? `Give ${says}` : `Did you mean '${meant}'?`,
  };
}

function unknownOption(name: string, known: readonly string[]): Problem {
  const meant = didYouMean(name.slice(name.lastIndexOf('.') + 1), known);
  return {
    code: 'bad-option',
    message: `There is no option ${name}`,
    remedy: meant === undefined ? `Remove it, or use one of ${known.join(', ')}` : `Did you mean ${meant}?`,
  };
}

function shown(value: unknown): string {
  if (typeof value === 'string') return Token.isUnresolved(value) ? 'a token' : `'${value}'`;
  if (typeof value !== 'object' || value === null) return String(value);
  return Token.isUnresolved(value) ? 'a token' : `an object (${value.constructor?.name ?? 'without class'})`;
}
