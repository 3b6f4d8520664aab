import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

/**
 * Status of a stack, `UPDATE_ROLLBACK_IN_PROGRESS` for one. Loaded only when it is needed. CloudFormation throttles DescribeStacks early,
 * and many stacks may be deployed at once: it is asked more often than the SDK would by itself.
 */
export async function readStackStatus(stackId: string): Promise<string> {
  const client = new CloudFormationClient({
    maxAttempts: 6,
    requestHandler: { connectionTimeout: 5_000, socketTimeout: 10_000 },
  });
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackId }));
  return Stacks?.[0]?.StackStatus ?? '';
}
