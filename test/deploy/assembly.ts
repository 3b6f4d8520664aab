import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
  type IClusterEngine,
} from 'aws-cdk-lib/aws-rds';
import type { AuroraMigrationsProps } from '../../lib/cdk/index.ts';
import { AuroraMigrations } from '../cdk/built.ts';

/** A cloud assembly on the disk: all that a deploy looks at. */
export interface Assembly {
  readonly template: {
    readonly Resources: Readonly<Record<string, Resource>>;
  };
  /** Folder of an asset by its hash. */
  asset(hash: string): string;
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DependsOn?: readonly string[];
}

/** Files of migrations by name. */
export type Files = Readonly<Record<string, string>>;

const root = mkdtempSync(join(tmpdir(), 'aurora-migrations-deploy-'));
process.on('exit', () => rmSync(root, { recursive: true, force: true }));
let count = 0;

const folders = new Map<string, string>();

/** Folders of assets by their hashes: as in S3, one is where it was first put, and a function whose code is the same is not replaced. */
const assets = new Map<string, string>();

/** A folder with these migrations: the same for the same ones. */
function folderOf(files: Files): string {
  const key = JSON.stringify(files);
  const folder = folders.get(key) ?? join(root, `migrations-${folders.size}`);
  folders.set(key, folder);
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

/** Synthesize a stack with a cluster and its migrations. The database is a parameter: each test has one of its own. */
export function synthesize(
  files: Files,
  props: Partial<AuroraMigrationsProps> = {},
  engine: IClusterEngine = DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_4 }),
): Assembly {
  const app = new App({
    outdir: join(root, `assembly-${++count}`),
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
  const stack = new Stack(app, 'Stack');
  new AuroraMigrations(stack, 'Migrations', {
    migrations: folderOf(files),
    cluster: props.cluster ?? clusterIn(stack, engine),
    ...props,
  });
  return readAssembly(app.synth().directory);
}

function clusterIn(stack: Stack, engine: IClusterEngine): DatabaseCluster {
  const database = new CfnParameter(stack, 'DatabaseName').valueAsString;
  return new DatabaseCluster(stack, 'Database', {
    engine,
    writer: ClusterInstance.serverlessV2('Writer'),
    vpc: new Vpc(stack, 'Vpc', { natGateways: 0 }),
    vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
    defaultDatabaseName: database,
  });
}

/** The same with another stamp, as a deploy from a machine has it whose clock is wrong. */
export function stamped(assembly: Assembly, stamp: string): Assembly {
  const { Resources } = assembly.template;
  const changed = Object.entries(Resources).map(([id, resource]) => [
    id,
    'Stamp' in resource.Properties ? { ...resource, Properties: { ...resource.Properties, Stamp: stamp } } : resource,
  ]);
  return { ...assembly, template: { Resources: Object.fromEntries(changed) } };
}

/** Read the one stack of an assembly. */
function readAssembly(folder: string): Assembly {
  const file = readdirSync(folder).find(name => name.endsWith('.template.json'))!;
  for (const name of readdirSync(folder)) {
    const [, hash] = /^asset\.(\w+)$/.exec(name) ?? [];
    if (hash !== undefined && !assets.has(hash)) assets.set(hash, join(folder, name));
  }
  return {
    template: JSON.parse(readFileSync(join(folder, file), 'utf8')),
    asset: hash => assets.get(hash)!,
  };
}
