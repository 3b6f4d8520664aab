import {
  CloudFormationClient,
  DescribeStackResourceCommand,
  paginateListStackResources,
  type StackResourceSummary,
} from '@aws-sdk/client-cloudformation';
import { MigrationError } from '../../core/errors.ts';
import type { Settings } from './invoke.ts';

/** The construct's resource, and the metadata in which it says which function is its hook's: their logical id, for names come with the stack. */
const RESOURCE_TYPE = 'Custom::AuroraMigrations';
const FUNCTION_KEY = 'aurora-migrations:function';

/** The name of the function of a stack's one deploy hook. Throws a `MigrationError` where there is none, or more than one. */
export async function findHook(stack: string, settings: Settings): Promise<string> {
  const client = new CloudFormationClient({
    ...settings,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 20_000 },
  });
  const resources: StackResourceSummary[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stack }))
    resources.push(...(page.StackResourceSummaries ?? []));
  const hooks = resources.filter(({ ResourceType }) => ResourceType === RESOURCE_TYPE);
  const names: string[] = [];
  for (const { LogicalResourceId } of hooks) {
    const { StackResourceDetail } = await client.send(
      new DescribeStackResourceCommand({ StackName: stack, LogicalResourceId }),
    );
    const metadata = JSON.parse(StackResourceDetail?.Metadata ?? '{}') as Record<string, unknown>;
    const its = resources.find(one => one.LogicalResourceId === metadata[FUNCTION_KEY]);
    if (its?.PhysicalResourceId) names.push(its.PhysicalResourceId);
  }
  if (names.length === 1) return names[0]!;
  throw new MigrationError(
    names.length > 1
      ? {
          code: 'many-hooks',
          message: `The stack ${stack} has ${names.length} deploy hooks: ${names.join(', ')}`,
          remedy: 'Name the function of one of them with --function',
        }
      : {
          code: 'no-hook',
          message: `The stack ${stack} has no deploy hook`,
          remedy: 'Name the stack that AuroraMigrations is in (a nested one has a name of its own), or give --function',
        },
  );
}
