import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { expect, test } from 'vitest';
import type { AuroraMigrationsProps } from '../../lib/cdk/index.ts';
import { AuroraMigrations } from './built.ts';
import { findings } from './nag.ts';
import { ARNS, folder, newApp } from './stacks.ts';

const migrations = folder();
const NAMED = { ...ARNS, database: 'app', engine: 'postgresql', migrations } as const;

function stackWith(props: (stack: Stack, vpc: Vpc) => Partial<AuroraMigrationsProps>) {
  const app = newApp();
  const stack = new Stack(app, 'Stack');
  const vpc = new Vpc(stack, 'Vpc', {
    natGateways: 0,
    flowLogs: { all: {} },
    subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
  });
  const hook = new AuroraMigrations(stack, 'M', { ...NAMED, ...props(stack, vpc) });
  return { app, stack, hook };
}

const functionsOf = (stack: Stack) =>
  Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties);

test('in a VPC: all four functions, in one security group, with the rights that Lambda asks for; cdk-nag finds nothing', () => {
  const { app, stack, hook } = stackWith((_, vpc) => ({ vpc, dashboard: true }));
  const functions = functionsOf(stack);
  expect(functions).toHaveLength(4);
  const placed = new Set(functions.map(({ VpcConfig }) => JSON.stringify(VpcConfig)));
  expect([...placed]).toEqual([expect.stringMatching(/"SecurityGroupIds":\[[^,]*,"GroupId"\]\}\],"SubnetIds"/)]);
  expect(hook.function.connections.securityGroups).toHaveLength(1);
  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const withInterfaces = policies.filter(one => JSON.stringify(one).includes('ec2:CreateNetworkInterface'));
  // One for the function, one for each role of CDK's framework, each in the policy that its functions wait for.
  expect(withInterfaces.map(({ Properties }) => Properties.PolicyName)).toEqual([
    expect.stringMatching(/RoleDefaultPolicy/),
    expect.stringMatching(/OnEventRoleDefaultPolicy/),
    expect.stringMatching(/IsCompleteRoleDefaultPolicy/),
  ]);
  expect(findings(app, stack)).toEqual([]);
});

test('security groups and subnets of the user, memory, and a log group of theirs', () => {
  const { stack, hook } = stackWith((scope, vpc) => ({
    vpc,
    vpcSubnets: { availabilityZones: [vpc.availabilityZones[0]!] },
    securityGroups: [new SecurityGroup(scope, 'Group', { vpc })],
    memorySize: 256,
    logGroup: new LogGroup(scope, 'Logs', { retention: RetentionDays.ONE_WEEK }),
  }));
  const template = Template.fromStack(stack);
  const logs = stack.resolve(hook.logGroup.logGroupName);
  for (const { VpcConfig, LoggingConfig } of functionsOf(stack)) {
    expect(VpcConfig.SubnetIds).toHaveLength(1);
    expect(JSON.stringify(VpcConfig.SecurityGroupIds)).toMatch(/^\[\{"Fn::GetAtt":\["Group\w+","GroupId"\]\}\]$/);
    expect(LoggingConfig.LogGroup).toEqual(logs);
  }
  template.hasResourceProperties('AWS::Lambda::Function', { Handler: 'index.handler', MemorySize: 256 });
  const own = Object.keys(template.findResources('AWS::Logs::LogGroup')).filter(id => !id.startsWith('Vpc'));
  expect(own).toEqual([expect.stringMatching(/^Logs/)]);
});

test('what has no effect is refused', () => {
  expect(() => stackWith((scope, vpc) => ({ securityGroups: [new SecurityGroup(scope, 'Group', { vpc })] }))).toThrow(
    'The options vpcSubnets and securityGroups have no effect without a VPC. Give the option vpc too, or remove them.',
  );
  expect(() =>
    stackWith(scope => ({ logGroup: new LogGroup(scope, 'Logs'), logRetention: RetentionDays.ONE_DAY })),
  ).toThrow('The option logRetention has no effect on a log group that is given. Set the retention of the log group');
});

test('outside of a VPC: no rights for network interfaces', () => {
  const { stack } = stackWith(() => ({}));
  expect(JSON.stringify(Template.fromStack(stack).toJSON())).not.toContain('ec2:CreateNetworkInterface');
});

test('both versions of cdk-nag look: a bucket without anything is found by each', () => {
  const app = newApp();
  const stack = new Stack(app, 'Stack');
  new Bucket(stack, 'Bucket');
  const found = findings(app, stack).map(each => JSON.stringify(each));
  expect(found.filter(each => /AwsSolutions-S1\b/.test(each)).length).toBe(2);
  expect(Annotations.fromStack(stack).findError('*', Match.stringLikeRegexp('AwsSolutions-S1:')).length).toBe(1);
});
