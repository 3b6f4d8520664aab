import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { ExampleStack } from '../../lib/cdk/example-stack.ts';
import { newApp } from './stacks.ts';

describe('the example', () => {
  test("passes CDK's own validation and the rules of cdk-nag, but for what it says why", () => {
    const app = new App({ outdir: newApp().outdir, context: { '@aws-cdk/core:strictCfnValidateErrors': true } });
    const stack = new ExampleStack(app, 'Example');
    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
    const { directory } = app.synth();
    const report = JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8'));
    expect(report.pluginReports.filter((plugin: { success: boolean }) => !plugin.success)).toEqual([]);
  });

  test('pauses, has the Data API on, and no way in or out', () => {
    const template = Template.fromStack(new ExampleStack(newApp(), 'Example'));
    template.hasResourceProperties('AWS::RDS::DBCluster', {
      EnableHttpEndpoint: true,
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, SecondsUntilAutoPause: 600 },
    });
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    template.hasOutput('StatusCommand', {});
  });
});
