import { Annotations, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { describe, MigrationError, type Problem } from '../core/errors.ts';
import { literal, readArn } from './arn.ts';
import type { KnownCluster } from './cluster.ts';
import { withoutDataApi, withUnknownDataApi } from './engine-version.ts';
import type { AuroraMigrationsProps } from './props.ts';
import { otherOfSameTable } from './same-table.ts';

/** What the checks look at. Every part may be a token: that is never judged. */
interface Facts {
  readonly construct: Construct;
  readonly props: AuroraMigrationsProps;
  readonly cluster: KnownCluster;
  readonly secretArn: string;
  readonly region: string | undefined;
  readonly account: string | undefined;
}

type Check = (facts: Facts) => Problem | undefined | false;

/** What could never work: each fails the synth. */
const ERRORS: readonly Check[] = [
  ({ cluster }) =>
    readArn(cluster.arn, 'rds', 'cluster') === undefined && {
      code: 'bad-arn',
      message: `'${cluster.arn}' is not the ARN of a cluster`,
      remedy: 'Give the whole ARN (arn:aws:rds:REGION:ACCOUNT:cluster:NAME), or a DatabaseCluster',
    },
  ({ secretArn, props }) =>
    (readArn(secretArn, 'secretsmanager', 'secret') === undefined ||
      (props.secret === secretArn && isPartial(secretArn))) && {
      code: 'bad-arn',
      message: `'${secretArn}' is not the complete ARN of a secret`,
      remedy:
        "Give the ARN with the six characters that Secrets Manager has added (…:secret:NAME-AbCdEf), or Secret.fromSecretNameV2(this, 'Secret', NAME)",
    },
  ({ region, cluster }) => {
    const where = region ?? readArn(cluster.arn, 'rds', 'cluster')?.region;
    if (where === undefined || !/^(us-gov|cn|us-iso\w*|eu-isoe?)-/.test(where)) return undefined;
    return {
      code: 'no-data-api',
      message: `The RDS Data API does not exist in ${where}: AWS offers it in no region of GovCloud, China and the isolated partitions`,
      remedy: 'Deploy to another region, or apply the migrations with a tool that connects to the database',
    };
  },
  ({ cluster, region, account }) => elsewhere('cluster', readArn(cluster.arn, 'rds', 'cluster'), { region, account }),
  ({ secretArn, region }) =>
    elsewhere('secret', readArn(secretArn, 'secretsmanager', 'secret'), { region, account: undefined }),
  ({ cluster: { writer } }) => {
    const instanceClass = literal(writer?.dbInstanceClass);
    if (instanceClass === undefined || !/^db\.t\d/.test(instanceClass)) return undefined;
    return {
      code: 'no-data-api',
      message: `The writer's instance class is ${instanceClass}, and the RDS Data API does not work on T classes`,
      remedy:
        "Use ClusterInstance.serverlessV2(…), or give ClusterInstance.provisioned(…) an instanceType of another class (CDK's default is a T class)",
    };
  },
  ({ cluster: { engine, engineVersion } }) => withoutDataApi(engine, literal(engineVersion)),
  ({ cluster: { made, database } }) =>
    database === undefined &&
    isNew(made) && {
      code: 'no-database',
      message:
        'The cluster has no database to migrate: neither its defaultDatabaseName nor the option database is given',
      remedy: 'Set defaultDatabaseName on the cluster, or give the option database',
    },
  ({ cluster, secretArn }) =>
    cluster.database === undefined &&
    !isNew(cluster.made) &&
    isManaged(cluster, secretArn) && {
      code: 'no-database',
      message: 'The database to migrate is not known: a secret that RDS manages holds user and password only',
      remedy: 'Give the option database',
    },
  ({ cluster, secretArn }) =>
    cluster.engine === undefined &&
    isManaged(cluster, secretArn) && {
      code: 'no-engine',
      message: 'The engine of the cluster is not known: a secret that RDS manages holds user and password only',
      remedy: "Give the option engine: 'postgresql' or 'mysql'",
    },
  ({ props: { vpc, vpcSubnets, securityGroups } }) =>
    vpc === undefined &&
    (vpcSubnets !== undefined || securityGroups !== undefined) && {
      code: 'bad-option',
      message: 'The options vpcSubnets and securityGroups have no effect without a VPC',
      remedy: 'Give the option vpc too, or remove them',
    },
  ({ props: { logGroup, logRetention } }) =>
    logGroup !== undefined &&
    logRetention !== undefined && {
      code: 'bad-option',
      message: 'The option logRetention has no effect on a log group that is given',
      remedy: 'Set the retention of the log group itself, and remove logRetention',
    },
  ({ construct, props, cluster }) => {
    const other = otherOfSameTable(construct, props, cluster);
    return (
      other && {
        code: 'same-table',
        message: `${other.node.path} and ${construct.node.path} keep their history in the same table of the same database`,
        remedy: 'Give one of them another table (option table), or put the migrations of both into one folder',
      }
    );
  },
];

/** What may work, or fail after minutes of deploying: each is an annotation that can be acknowledged by its code. */
const WARNINGS: readonly Check[] = [
  ({ cluster: { made, database }, cluster, secretArn }) =>
    database === undefined &&
    !isNew(made) &&
    !isManaged(cluster, secretArn) && {
      code: 'database-from-secret',
      message:
        'Which database is migrated is not known at synth: the function reads dbname of the secret, and fails the deploy without one',
      remedy: 'Give the option database, or acknowledge this where the secret has dbname',
    },
  ({ secretArn, account }) => {
    const owner = readArn(secretArn, 'secretsmanager', 'secret')?.account;
    if (owner === undefined || account === undefined || owner === account) return undefined;
    return {
      code: 'secret-of-other-account',
      message: `The secret belongs to account ${owner}, the stack to ${account}`,
      remedy: "Check that the secret's resource policy and its KMS key let the function of this stack read it",
    };
  },
  ({ cluster: { engine, engineVersion } }) => withUnknownDataApi(engine, literal(engineVersion)),
];

/** Runs all checks on what synth knows. Throws a `MigrationError` with every error; a warning becomes an annotation with a stable id. */
export function checkFacts(construct: Construct, props: AuroraMigrationsProps, cluster: KnownCluster): void {
  const { region, account } = Stack.of(construct);
  const secretArn = typeof cluster.secret === 'string' ? cluster.secret : cluster.secret.secretArn;
  const known = { region: literal(region), account: literal(account) };
  const facts: Facts = { construct, props, cluster, secretArn, ...known };
  const found = (checks: readonly Check[]) =>
    checks.map(check => check(facts)).filter(one => one !== undefined && one !== false);
  const errors = found(ERRORS);
  if (errors.length > 0) throw new MigrationError(errors);
  for (const warning of found(WARNINGS)) warn(construct, warning.code, warning);
}

/** Adds a warning that can be acknowledged by its id. */
export function warn(construct: Construct, id: string, problem: Problem): void {
  Annotations.of(construct).addWarningV2(`aurora-migrations:${id}`, describe(problem));
}

/** Without the six characters behind the name. */
function isPartial(arn: string): boolean {
  const name = readArn(arn, 'secretsmanager', 'secret')?.name;
  return name !== undefined && !/-[A-Za-z0-9]{6}$/.test(name);
}

function elsewhere(
  what: 'cluster' | 'secret',
  of: { readonly region: string | undefined; readonly account: string | undefined } | undefined,
  stack: { readonly region: string | undefined; readonly account: string | undefined },
): Problem | undefined {
  const differs = (['region', 'account'] as const).find(
    part => of?.[part] !== undefined && stack[part] !== undefined && of[part] !== stack[part],
  );
  if (differs === undefined) return undefined;
  return {
    code: 'elsewhere',
    message: `The ${what} is in ${differs} ${of?.[differs]}, and the stack in ${stack[differs]}: the Data API works within one only`,
    remedy: `Put the construct into a stack of the ${what}'s ${differs}, or correct the ARN`,
  };
}

/** A cluster of this app that begins empty: not one from a snapshot, a copy or a replica. */
function isNew(made: KnownCluster['made']): boolean {
  return (
    made !== undefined &&
    [made.snapshotIdentifier, made.sourceDbClusterIdentifier, made.replicationSourceIdentifier].every(
      source => source === undefined,
    ) &&
    made.globalClusterIdentifier === undefined
  );
}

function isManaged({ made, secret }: KnownCluster, secretArn: string): boolean {
  const own = made?.manageMasterUserPassword === true && typeof secret !== 'string' && literal(secretArn) === undefined;
  return own || (readArn(secretArn, 'secretsmanager', 'secret')?.name?.startsWith('rds!') ?? false);
}
