import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { ExampleStack } from './built.ts';
import { newApp } from './stacks.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('the example', () => {
  const stack = new ExampleStack(newApp(), 'Example');

  test("`cdk synth` needs no account and no network, and CDK's own validation finds nothing", () => {
    const { outdir } = newApp();
    const { AWS_PROFILE: _, AWS_ACCESS_KEY_ID: __, ...env } = process.env;
    execFileSync(
      process.execPath,
      [
        join(ROOT, 'node_modules/aws-cdk/bin/cdk'),
        'synth',
        '--quiet',
        '--output',
        outdir,
        '--context',
        '@aws-cdk/core:strictCfnValidateErrors=true',
      ],
      {
        cwd: ROOT,
        stdio: 'pipe',
        // Whoever went to the network would meet nobody there.
        env: {
          ...env,
          AWS_EC2_METADATA_DISABLED: 'true',
          HTTPS_PROXY: 'http://127.0.0.1:9',
          HTTP_PROXY: 'http://127.0.0.1:9',
        },
      },
    );
    const read = (file: string) => JSON.parse(readFileSync(join(outdir, file), 'utf8'));
    expect(Object.keys(read('AuroraMigrationsExample.template.json').Outputs)).toEqual(
      expect.arrayContaining(['Latest', 'StatusCommand', 'HistoryCommand', 'LogsCommand']),
    );
    expect(read('validation-report.json').pluginReports).toEqual([]);
  });

  test('passes the rules of cdk-nag, but for what it says why', () => {
    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
  });

  test('pauses, has the Data API on, and no way in or out', () => {
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::RDS::DBCluster', {
      EnableHttpEndpoint: true,
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, SecondsUntilAutoPause: 600 },
    });
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
  });
});
