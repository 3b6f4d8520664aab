import { writeFileSync } from 'node:fs';
import { RDSDataClient, type RDSDataClientConfig } from '@aws-sdk/client-rds-data';
import type { LocalOptions } from '../lib/local/index.ts';
import { type Api, awake, send, wait } from './api.ts';
import { list } from './list.ts';
import { type Options, readOptions, USAGE } from './options.ts';
import { firstValue, shown } from './outcome.ts';
import { PlaceTaken } from './place.ts';
import { probe } from './probe.ts';
import { probesOf } from './probes/index.ts';
import { report } from './report.ts';
import { type Engine, execute } from './step.ts';

/** What the command needs of the world around it. */
export interface World {
  readonly write: (line: string) => void;
  /** Asks a question and returns the answer; undefined where nobody can be asked. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  readonly signal: AbortSignal;
  readonly client?: RDSDataClientConfig;
  /** How the local Data API that the service is compared with is started. */
  readonly local?: LocalOptions;
  /** How much shorter the clocks of what is probed are. @default 1 */
  readonly scale?: number;
}

/** Runs the command; returns its exit code. */
export async function main(argv: readonly string[], world: World): Promise<number> {
  let options: Options | 'help';
  try {
    options = readOptions(argv);
  } catch (error) {
    world.write(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (options === 'help') {
    world.write(USAGE);
    return 0;
  }
  const { endpoint } = options;
  const client = new RDSDataClient({ ...world.client, ...(endpoint && { endpoint }), maxAttempts: 1 });
  try {
    return await run(client, options, world);
  } catch (error) {
    if (error instanceof PlaceTaken) world.write(error.message);
    else if (world.signal.aborted) world.write('Interrupted. The schema of the probe was removed.');
    else throw error;
    return 1;
  } finally {
    client.destroy();
  }
}

async function run(client: RDSDataClient, options: Options, world: World): Promise<number> {
  const { target, asked, out, yes } = options;
  const { write, ask, signal } = world;
  const engine = await engineOf({ engine: 'postgresql', client, target, pause: async () => {} });
  const api: Api = { engine, client, target, signal, pause: () => wait(api, PAUSE), scale: world.scale ?? 1 };
  const probes = probesOf(engine, asked);
  write(list(engine, probes));
  if (!yes && !(await agreed(ask))) {
    write('Nothing was sent but the question which engine it is. Answer "yes", or give --yes.');
    return 1;
  }
  const findings = await probe(api, probes, world.local ?? {}, write);
  writeFileSync(out, report(engine, findings));
  const { conclusions, differences } = findings;
  for (const { name, value } of conclusions) write(`${name}: ${JSON.stringify(value)}`);
  write(
    differences ? `${differences.length} differences from the local Data API with these switches.` : 'Not compared.',
  );
  write(`All of it: ${out}`);
  return 0;
}

/** Seconds without a call after which a cluster has paused, where it pauses after the shortest time, five minutes. */
const PAUSE = 420;

async function agreed(ask: World['ask']): Promise<boolean> {
  const answer = await ask?.('\nSend all this to the database? (yes/no) ');
  return answer?.trim().toLowerCase() === 'yes';
}

/** Asks the database which one it is. A paused cluster resumes for that. */
async function engineOf(api: Api): Promise<Engine> {
  await awake(api);
  const outcome = await send(api, execute('select version()'), new Map());
  if (outcome.error) throw new Error(shown(outcome));
  return /^PostgreSQL/.test(firstValue(outcome) ?? '') ? 'postgresql' : 'mysql';
}
