import { type Local, startEmbedded, startLocal } from '../../lib/local/index.ts';
import type { Answer, Question, Ready } from './messages.ts';

/** The process of the databases and of the Data API before them: its work must not count as a contestant's. */
const url = process.env.BENCH_POSTGRES_URL;
const postgresql = url === undefined ? await startEmbedded({ settings: { max_connections: '300' } }) : undefined;
const server = url ?? postgresql!.url;
const [latency] = process.argv.slice(2).map(Number) as [number];

const open = (options: { latency: number; poolSize: number }) =>
  startLocal({ url: server, database: 'bench', random: () => 0, ...options });
// A pool of one, so that no contestant pays for connections which another one found open.
const far = await open({ latency, poolSize: 1 });
const near = await open({ latency: 0, poolSize: 8 });

const ready: Ready = { postgresUrl: server, far: plain(far), near: plain(near) };
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
    .then(() => postgresql?.stop())
    .then(() => process.exit(0));
  return stopping;
}

function reply(answer: Answer): void {
  process.send!(answer);
}

function plain({ endpoint, region, credentials, resourceArn, secretArn, database }: Local) {
  return { endpoint, region, credentials, resourceArn, secretArn, database, engine: 'postgresql' as const };
}
