import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A rule of cdk-nag that does not apply, and why. */
export interface Suppression {
  readonly id: string;
  readonly reason: string;
}

/** Tell cdk-nag, without depending on it: it reads this from the metadata of a resource. For all resources below a construct. */
export function suppress(construct: IConstruct, ...rules: readonly Suppression[]): void {
  for (const { node } of construct.node.findAll().map(each => ({ node: each }))) {
    if (!(node instanceof CfnResource)) continue;
    const before = (node.getMetadata('cdk_nag') as { rules_to_suppress: Suppression[] } | undefined)?.rules_to_suppress;
    node.addMetadata('cdk_nag', { rules_to_suppress: [...(before ?? []), ...rules] });
  }
}
