import { type Local, startEmbedded, startLocal, startMysqld } from '../../lib/local/index.ts';
import type { Target } from '../target.ts';
import { startCloudFormation } from './cloudformation.ts';
import type { Answer, Question, Ready } from './messages.ts';

/** The process of the databases and of the Data API before them: its work must not count as a contestant's. */
const [latencyText, engine] = process.argv.slice(2) as [string, Target['engine']];
const latency = Number(latencyText);
const own = await start().catch(async (error: Error) => {
  // Who asks writes it into the report.
  await new Promise(sent => process.send!({ failed: error.message }, sent));
  process.exit(1);
});

function start(): Promise<{ url: string; stop(): Promise<void> }> {
  const url = process.env[engine === 'mysql' ? 'BENCH_MYSQL_URL' : 'BENCH_POSTGRES_URL'];
  if (url !== undefined) return Promise.resolve({ url, stop: async () => {} });
  return engine === 'mysql' ? startMysqld() : startEmbedded({ settings: { max_connections: '300' } });
}

const open = (options: { latency: number; poolSize: number }) =>
  startLocal({ engine, url: own.url, database: 'bench', random: () => 0, ...options });
// A pool of one, so that no contestant pays for connections which another one found open.
const far = await open({ latency, poolSize: 1 });
const near = await open({ latency: 0, poolSize: 8 });
const cloudFormation = await startCloudFormation(latency);

const ready: Ready = { serverUrl: own.url, far: plain(far), near: plain(near) };
process.send!({ ready });

process.on('message', async ({ id, ask }: Question) => {
  switch (ask) {
    case 'calls': {
      const calls = far.log.entries.length + near.log.entries.length;
      far.log.clear();
      near.log.clear();
      return reply({ id, calls });
    }
    case 'stop':
      return stop();
  }
});

// Whoever asked is gone, however that came about: nothing is left behind.
process.on('disconnect', stop);

let stopping: Promise<void> | undefined;
function stop(): Promise<void> {
  stopping ??= Promise.all([far.stop(), near.stop()])
    .then(() => own.stop())
    .then(() => process.exit(0));
  return stopping;
}

function reply(answer: Answer): void {
  process.send!(answer);
}

function plain({ endpoint, region, credentials, resourceArn, secretArn, database }: Local): Target {
  return { endpoint, cloudFormation, region, credentials, resourceArn, secretArn, database, engine };
}
