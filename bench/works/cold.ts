import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, bundleHandler, REPLACED } from '../../lambda/bundle.mjs';
import { inChild } from '../child/measure.ts';
import { variables, withCast } from '../contestants/sst-function.ts';
import { BENCH, WORK } from '../folders.ts';
import { manifestIn } from '../manifest-in.ts';
import { steps } from '../migrations.ts';
import { count, median, megabytes, spread, time, times } from '../report/numbers.ts';
import { on } from '../service/index.ts';
import { prepare, warm } from '../stage.ts';
import { OURS } from './compared.ts';
import { atMost, type Bench, type Work } from './work.ts';

const APPLIED = 50;

interface Function {
  readonly name: string;
  /** The file that is loaded. */
  readonly bundle: string;
  /** All that is shipped, and what of it a no-op loads. */
  readonly bytes: number;
  readonly loaded: number;
  readonly env: Readonly<Record<string, string>>;
  readonly event: object;
}

/** A new process loads the bundle and finds nothing to do. */
export const cold: Work = {
  name: 'cold',
  async run(bench) {
    const functions = await build(bench);
    const taken = functions.map(() => ({ whole: [] as number[], inside: [] as number[], peak: [] as number[] }));
    const calls = functions.map(() => 0);
    // Quick, and much of it is what the machine does beside: three times the rounds. The first one only reads the files into memory.
    for (let round = 0; round <= bench.rounds * 3; round++) {
      bench.say(`cold: round ${round}`);
      for (const [index, { bundle, env, event }] of functions.entries()) {
        await bench.service.calls();
        const { whole, ms, peak } = await inChild('invoke.mjs', { bundle, event }, env);
        calls[index] = await bench.service.calls();
        if (round === 0) continue;
        taken[index]!.whole.push(whole);
        taken[index]!.inside.push(ms);
        taken[index]!.peak.push(peak);
      }
    }
    const bare = functions.findIndex(({ name }) => name === BARE_CALL);
    const base = median(taken[bare]!.whole);
    const rows = functions.map(({ name, bytes, loaded }, index) => {
      const { whole, inside, peak } = taken[index]!;
      const ratio = times(median(whole) / base);
      const figures = [time(median(whole)), spread(whole), ratio, time(median(inside)), megabytes(median(peak))];
      return [name, count(calls[index]!), ...figures, count(bytes), count(loaded)];
    });
    const ours = functions.findIndex(({ name }) => name === OURS);
    const bytes = (name: string) => functions.find(one => one.name === name)!.bytes;
    return [
      {
        title: `Cold start: no-op with ${APPLIED} applied, in a new process`,
        note: note(bytes(OURS) / bytes(BARE), bytes(OURS) / bytes(BARE_REPLACED)),
        columns: [
          '',
          'calls',
          'time, median',
          'spread',
          'to the bare call',
          'inside',
          'peak memory',
          'bytes of bundle',
          'of them loaded',
        ],
        rows,
        checks: [
          atMost('Cold start to that of the bare client with a call', median(taken[ours]!.whole) / base, 1.2, times),
          atMost("Bytes of the bundle to the bare client's", bytes(OURS) / bytes(BARE), 1.25, times),
        ],
      },
    ];
  },
};

const SST = 'sst-with-cast';
const BARE = 'bare client, nothing sent';
const BARE_CALL = 'bare client, one call';
const BARE_REPLACED = 'bare client, one call, with our replacements';

const note = (plain: number, replaced: number) =>
  `From the start of \`node\` to its end; "inside" is from the first byte of the bundle to the answer. Loaded: what the first file imports at once, not what it may import later. The bare bundles are made by the same bundler with the same options. Bytes are those of code, as shipped for PostgreSQL: ${times(plain)} those of the bare client as it is bundled. But ours reads its credentials from the environment alone, where Lambda puts them, and leaves out event streams; to a bare client with the same two replacements it is ${times(replaced)}.`;

async function build({ service, contestants }: Bench): Promise<Function[]> {
  const folder = join(WORK, 'cold');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const situation = { applied: steps(APPLIED, 1), pending: [] };
  const functions: Function[] = [];

  const bundled = async (
    name: string,
    make: (into: string) => Promise<unknown>,
  ): Promise<{ bundle: string; bytes: number; loaded: number }> => {
    const into = join(folder, name.replaceAll(/\W+/g, '-'));
    await make(into);
    const size = (files: Iterable<string>) =>
      [...files].reduce((sum, file) => sum + statSync(join(into, file)).size, 0);
    return {
      bundle: join(into, 'index.mjs'),
      // Code for PostgreSQL, where a function is shipped without MySQL's.
      bytes: size(readdirSync(into).filter(file => file.endsWith('.mjs') && !file.startsWith('mysql-'))),
      loaded: size(loadedWith(into, 'index.mjs')),
    };
  };

  for (const contestant of contestants) {
    if (contestant.name !== OURS && contestant.name !== SST) continue;
    const stage = await prepare(service, contestant, situation, 'cold');
    const target = on(service.far, stage.database);
    await warm(target);
    if (contestant.name === SST) {
      const file = withCast();
      functions.push({
        name: SST,
        bundle: file,
        bytes: statSync(file).size,
        loaded: statSync(file).size,
        env: variables(target, stage.folder),
        event: {},
      });
      continue;
    }
    const own = await bundled(OURS, bundleHandler);
    const { manifest } = manifestIn(stage.folder);
    // The manifest lies beside the handler. It is the user's, and no byte of the bundle.
    cpSync(stage.folder, join(own.bundle, '..'), { recursive: true });
    const env = {
      AWS_ENDPOINT_URL_RDS_DATA: target.endpoint,
      AWS_REGION: target.region,
      AWS_ACCESS_KEY_ID: target.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: target.credentials.secretAccessKey,
      CLUSTER_ARN: target.resourceArn,
      SECRET_ARN: target.secretArn,
      DATABASE: target.database,
      ENGINE: target.engine,
      HOOK: 'arn:aws:cloudformation:us-east-1:000000000000:stack/bench/1/Migrations',
      TIMEOUT_MS: '3300000',
    };
    const event = {
      RequestType: 'Update',
      RequestId: 'bench',
      StackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/bench/1',
      LogicalResourceId: 'Migrations',
      PhysicalResourceId: 'aurora-migrations',
      ResourceProperties: { Digest: manifest.digest, Latest: manifest.migrations.at(-1)!.name },
    };
    functions.push({ name: OURS, ...own, env, event });
    for (const [name, entry, alias] of [
      [BARE_CALL, 'bare-call.ts', {}],
      [BARE_REPLACED, 'bare-call.ts', REPLACED],
      [BARE, 'bare.ts', {}],
    ] as const) {
      const bare = await bundled(name, into => bundle(join(BENCH, 'child', entry), into, { alias }));
      functions.push({ name, ...bare, env, event });
    }
  }
  return functions;
}

/** A file of a bundle and what it imports at once, not later. */
function loadedWith(folder: string, file: string, found = new Set<string>()): Set<string> {
  if (found.has(file)) return found;
  found.add(file);
  const imports = readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|import) ?"\.\/([\w.-]+)"/g);
  for (const [, imported] of imports) loadedWith(folder, imported!, found);
  return found;
}
