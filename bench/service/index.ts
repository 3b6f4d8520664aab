import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Target } from '../target.ts';
import type { Databases } from './databases.ts';
import type { Answer, Question, Ready } from './messages.ts';
import { mysqlDatabases } from './mysql.ts';
import { postgresqlDatabases } from './postgresql.ts';

/** The local Data API over one engine, in a process of its own. */
export interface Service extends Ready, Databases {
  /** Data API requests since this was last called. */
  calls(): Promise<number>;
  stop(): Promise<void>;
}

/** @param latency milliseconds that every call takes longer */
export async function startService(latency: number, engine: Target['engine'] = 'postgresql'): Promise<Service> {
  const child = fork(fileURLToPath(new URL('process.ts', import.meta.url)), [String(latency), engine], {
    execArgv: ['--import', 'tsx'],
  });
  const answers = new Map<number, (answer: Answer) => void>();
  let last = 0;
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`The local Data API ended with ${code}`)));
    child.on('message', (message: { ready: Ready } | { failed: string } | Answer) => {
      if ('ready' in message) resolve(message.ready);
      else if ('failed' in message) reject(new Error(message.failed));
      else answers.get(message.id)?.(message);
    });
  });
  const tell = (question: Omit<Question, 'id'>) => {
    const id = ++last;
    const answered = new Promise<Answer>(resolve => answers.set(id, resolve));
    child.send({ id, ...question });
    return answered.finally(() => answers.delete(id));
  };
  const databases = await (engine === 'mysql' ? mysqlDatabases : postgresqlDatabases)(ready.serverUrl);
  return {
    ...ready,
    ...databases,
    calls: async () => (await tell({ ask: 'calls' })).calls,
    async stop() {
      const ended = once(child, 'exit');
      child.send({ id: ++last, ask: 'stop' } satisfies Question);
      await ended;
    },
  };
}

/** The same Data API, another database. */
export function on(target: Target, database: string): Target {
  return { ...target, database };
}
