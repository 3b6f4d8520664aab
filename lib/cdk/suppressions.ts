import { CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/** A rule of cdk-nag that does not apply, and why. */
export interface Suppression {
  /** `RULE`, or `RULE[FINDING]` where a rule has a finding for each part of a policy. */
  readonly id: string;
  readonly reason: string;
}

/** The type of the resources that a rule looks at. */
const LOOKS_AT: Readonly<Record<string, string>> = {
  'AwsSolutions-IAM5': 'AWS::IAM::Policy',
  'AwsSolutions-RDS11': 'AWS::RDS::DBCluster',
  'AwsSolutions-RDS14': 'AWS::RDS::DBCluster',
  'AwsSolutions-SF1': 'AWS::StepFunctions::StateMachine',
  'AwsSolutions-SF2': 'AWS::StepFunctions::StateMachine',
  'AwsSolutions-SMG4': 'AWS::SecretsManager::Secret',
  'AwsSolutions-VPC7': 'AWS::EC2::VPC',
};

/**
 * Acknowledges rules for all that is below a construct: for cdk-nag 3 in the way that CDK keeps for it, for cdk-nag 2 as the metadata that it
 * reads. Neither is needed.
 */
export function suppress(construct: IConstruct, ...rules: readonly Suppression[]): void {
  Validations.of(construct).acknowledge(...rules);
  const resources = construct.node.findAll().filter(each => CfnResource.isCfnResource(each));
  for (const resource of resources) {
    const own = rules.map(rule => metadataOf(rule)).filter(({ id }) => LOOKS_AT[id] === resource.cfnResourceType);
    if (own.length === 0) continue;
    const before: { rules_to_suppress?: readonly unknown[] } = resource.getMetadata('cdk_nag') ?? {};
    resource.addMetadata('cdk_nag', { rules_to_suppress: [...(before.rules_to_suppress ?? []), ...own] });
  }
}

function metadataOf({ id, reason }: Suppression) {
  const [, rule = id, finding] = /^([^[]+)\[(.*)\]$/.exec(id) ?? [];
  return { id: rule, reason, ...(finding !== undefined && { applies_to: [finding] }) };
}

/** CDK grants invoking a function together with all of its versions; cdk-nag has a finding of its own for each. */
export function anyVersion(called: LambdaFunction): Suppression {
  const logicalId: string = Stack.of(called).resolve((called.node.defaultChild as CfnResource).logicalId);
  return {
    id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
    reason: 'CDK grants invoking any version of this one function.',
  };
}

/** EC2 takes no resource for the network interfaces of Lambda. */
export const ANY_INTERFACE: Suppression = {
  id: 'AwsSolutions-IAM5[Resource::*]',
  reason: 'The rights that Lambda needs for network interfaces in a VPC take no resource.',
};
