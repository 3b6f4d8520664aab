import { randomUUID } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleHandler } from '../../lambda/bundle.mjs';
import { PHYSICAL_ID, type Properties } from '../../lambda/contract.ts';
import { VERSION } from '../../lib/core/version.ts';
import { WORK } from '../folders.ts';
import { manifestIn } from '../manifest-in.ts';
import type { Target } from '../target.ts';
import { asFunction, lambdaVariables } from './as-function.ts';
import { auroraMigrations } from './aurora-migrations.ts';
import type { Contestant } from './contestant.ts';

const STACK = 'arn:aws:cloudformation:us-east-1:000000000000:stack/bench/1';
const LOGICAL_ID = 'Migrations';
const PROPERTIES = 'properties.json';

type Handler = (event: object, invocation: object) => Promise<Record<string, unknown>>;

/**
 * What a deploy does: the bundled function is invoked as CDK's framework does it for an Update, with `onEvent` (the plan, whether the stack rolls
 * back, the announcement) and then `isComplete` (the run, the fingerprint of the schema) until that is so. Not measured is the framework itself.
 */
export const auroraMigrationsHook: Contestant = {
  name: 'aurora-migrations-hook',
  title: `aurora-migrations-hook: the whole function of aurora-migrations ${VERSION}, as a deploy invokes it`,
  async prepare(folder, situation, engine) {
    await auroraMigrations.prepare(folder, situation, engine);
    cpSync(await bundled(), folder, { recursive: true });
    const { digest, migrations } = manifestIn(folder).manifest;
    const properties: Pick<Properties, 'Digest' | 'Latest'> = { Digest: digest, Latest: migrations.at(-1)!.name };
    writeFileSync(join(folder, PROPERTIES), JSON.stringify(properties));
  },
  pretend: auroraMigrations.pretend,
  async run(target, folder) {
    await asFunction(hookVariables(target), async () => {
      const { handler } = (await import(pathToFileURL(join(folder, 'index.mjs')).href)) as { handler: Handler };
      const event = updateEvent(folder);
      const invocation = { awsRequestId: 'bench', getRemainingTimeInMillis: () => 600_000 };
      const ticket = await handler(event, invocation);
      while (!(await handler({ ...event, ...ticket }, invocation)).IsComplete);
    });
  },
};

/** The request of CloudFormation for a folder that is ready. */
export function updateEvent(folder: string): object {
  return {
    RequestType: 'Update',
    RequestId: randomUUID(),
    StackId: STACK,
    LogicalResourceId: LOGICAL_ID,
    PhysicalResourceId: PHYSICAL_ID,
    ResourceProperties: JSON.parse(readFileSync(join(folder, PROPERTIES), 'utf8')),
  };
}

/** What the construct writes into the function's environment. */
export function hookVariables(target: Target): Record<string, string> {
  return {
    ...lambdaVariables(target),
    CLUSTER_ARN: target.resourceArn,
    SECRET_ARN: target.secretArn,
    DATABASE: target.database,
    ENGINE: target.engine,
    HOOK: `${STACK}/${LOGICAL_ID}`,
    TIMEOUT_MS: '3300000',
  };
}

let made: Promise<string> | undefined;

/** The folder of the bundle, as the package ships it. */
function bundled(): Promise<string> {
  const folder = join(WORK, 'hook');
  made ??= bundleHandler(folder).then(() => folder);
  return made;
}
