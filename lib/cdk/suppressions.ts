import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A rule of cdk-nag that does not apply, to which type of resource, and why. */
export interface Suppression {
  readonly id: string;
  readonly type: string;
  readonly reason: string;
}

/** Tell cdk-nag, without depending on it: it reads this from the metadata of a resource. For all resources of that type below a construct. */
export function suppress(construct: IConstruct, ...rules: readonly Suppression[]): void {
  for (const resource of construct.node.findAll()) {
    if (!CfnResource.isCfnResource(resource)) continue;
    const suppressed = rules
      .filter(({ type }) => type === resource.cfnResourceType)
      .map(({ id, reason }) => ({ id, reason }));
    if (suppressed.length > 0) resource.addMetadata('cdk_nag', { rules_to_suppress: suppressed });
  }
}
