import { type CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/** A rule of cdk-nag that does not apply, and why. */
export interface Suppression {
  readonly id: string;
  readonly reason: string;
}

/** Acknowledge rules for all that is below a construct, in the way that CDK keeps for it: cdk-nag is not needed. */
export function suppress(construct: IConstruct, ...rules: readonly Suppression[]): void {
  Validations.of(construct).acknowledge(...rules);
}

/** CDK grants invoking a function together with all of its versions; cdk-nag has a finding of its own for each. */
export function anyVersion(called: LambdaFunction): Suppression {
  const logicalId: string = Stack.of(called).resolve((called.node.defaultChild as CfnResource).logicalId);
  return {
    id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
    reason: 'CDK grants invoking any version of this one function.',
  };
}
