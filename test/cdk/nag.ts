import { type App, Aspects, type Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { AwsSolutionsChecks as AwsSolutionsChecks2 } from 'cdk-nag-2';

/** What both versions of cdk-nag find in a stack. Version 3 reads CDK's acknowledgements, version 2 metadata of the template. */
export function findings(app: App, stack: Stack): unknown[] {
  const of3 = new AwsSolutionsChecks().validateScope(stack).violations;
  Aspects.of(app).add(new AwsSolutionsChecks2({ reports: false }));
  const annotations = Annotations.fromStack(stack);
  const rule = Match.stringLikeRegexp('AwsSolutions-');
  const of2 = [...annotations.findError('*', rule), ...annotations.findWarning('*', rule)];
  return [...of3, ...of2.map(({ id, entry }) => `${id}: ${entry.data}`)];
}
