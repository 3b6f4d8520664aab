import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ExampleStack, exampleApp } from './built.ts';
import { findings } from './nag.ts';
import { newApp } from './stacks.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Files of a cloud assembly that hold a warning of ours. */
function warningsIn(outdir: string): string[] {
  const files = readdirSync(outdir).filter(name => /(manifest|metadata)\.json$/.test(name));
  expect(files.length).toBeGreaterThan(0);
  return files.filter(name => readFileSync(join(outdir, name), 'utf8').includes('[ack: aurora-migrations:'));
}

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
    expect(warningsIn(outdir)).toEqual([]);
  }, 600_000);

  test('-c engine=mysql: on Aurora MySQL, and what is compiled with it', () => {
    vi.stubEnv('CDK_CONTEXT_JSON', '{"engine":"mysql"}');
    onTestFinished(() => void vi.unstubAllEnvs());
    const app = exampleApp();
    const mysql = Template.fromStack(app.node.findChild('AuroraMigrationsExample') as Stack);
    mysql.hasResourceProperties('AWS::RDS::DBCluster', { Engine: 'aurora-mysql', EnableHttpEndpoint: true });
    mysql.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ ENGINE: 'mysql' }) },
    });
    const manifests = readdirSync(app.outdir, { recursive: true, encoding: 'utf8' }).filter(
      file => file.endsWith('manifest.json') && file.startsWith('asset.'),
    );
    expect(manifests).toHaveLength(1);
    expect(JSON.parse(readFileSync(join(app.outdir, manifests[0]!), 'utf8'))).toMatchObject({ engine: 'mysql' });
    expect(warningsIn(app.outdir)).toEqual([]);
  }, 240_000);

  test.each(['postgresql', 'mysql'] as const)(
    'passes the rules of cdk-nag 3 and 2, but for what it says why: %s',
    engine => {
      const app = newApp();
      expect(findings(app, new ExampleStack(app, 'Example', { engine }))).toEqual([]);
    },
    240_000,
  );

  test('pauses, has the Data API on, and no way in or out', () => {
    const template = Template.fromStack(stack);
    template.hasResourceProperties('AWS::RDS::DBCluster', {
      EnableHttpEndpoint: true,
      StorageEncrypted: true,
      DeletionProtection: true,
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, SecondsUntilAutoPause: 600 },
    });
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
  });
});
