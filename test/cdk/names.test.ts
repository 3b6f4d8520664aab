import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { AuroraMigrations } from './built.ts';
import { ARNS, folder, newApp } from './stacks.ts';

const migrations = folder();

function hookIn(stack: Stack, id: string, table?: string) {
  const { region } = stack;
  const inRegion = (arn: string) => arn.replace('eu-west-1', region);
  const target = { cluster: inRegion(ARNS.cluster), secret: inRegion(ARNS.secret), database: 'app' };
  const options = { ...target, engine: 'postgresql' as const, dashboard: true, stamp: 'same' };
  return new AuroraMigrations(stack, id, { ...options, migrations, ...(table !== undefined && { table }) });
}

function stackIn(app: App, id: string, region: string): Stack {
  return new Stack(app, id, { stackName: 'shop', env: { account: '111111111111', region } });
}

/** Names of the dashboards and saved queries of stacks. */
function namesIn(...stacks: Stack[]): string[] {
  return stacks.flatMap(stack => {
    const template = Template.fromStack(stack);
    const dashboards = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
    const queries = Object.values(template.findResources('AWS::Logs::QueryDefinition'));
    return [...dashboards.map(each => each.Properties.DashboardName), ...queries.map(each => each.Properties.Name)];
  });
}

test('two constructs in one stack, and one name of a stack in two regions', () => {
  const app = newApp();
  const [one, other] = [stackIn(app, 'One', 'eu-west-1'), stackIn(app, 'Other', 'us-east-1')];
  hookIn(one, 'Orders');
  hookIn(one, 'Users', 'users_migrations');
  hookIn(other, 'Orders');
  app.synth();
  const names = namesIn(one, other);
  expect(names).toHaveLength(6);
  expect(new Set(names).size).toBe(6);
  for (const name of names.slice(0, 2))
    expect(name).toMatch(/^shop-OneOrders\w+-eu-west-1$|^shop-OneUsers\w+-eu-west-1$/);
}, 240_000);

test('the alarm names a command that shows the failure', () => {
  const stack = stackIn(newApp(), 'One', 'eu-west-1');
  hookIn(stack, 'Orders');
  const [alarm] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'));
  const text = JSON.stringify(alarm?.Properties.AlarmDescription);
  expect(text).toContain('What failed: npx aurora-migrations history --function ');
  expect(text).toContain('OrdersHook');
  expect(text).toContain(' --region eu-west-1');
});
