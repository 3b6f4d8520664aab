import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { Target } from '../target.ts';
import type { Answer, Question, Ready } from './messages.ts';

/** The local Data API over PostgreSQL, in a process of its own. */
export interface Service extends Ready {
  /** Of the database server. */
  readonly version: string;
  /** Data API requests since this was last called. */
  calls(): Promise<number>;
  /** SQL past the Data API, on one of its databases. */
  sql(statements: readonly string[], database?: string): Promise<void>;
  /** An empty database, or a copy of one. */
  create(database: string, template?: string): Promise<void>;
  drop(database: string): Promise<void>;
  /** What migrations made in a database, besides the tables of the tools themselves: equal texts, equal columns and indexes. */
  shape(database: string): Promise<string>;
  stop(): Promise<void>;
}

/** @param latency milliseconds that every call takes longer */
export async function startService(latency: number): Promise<Service> {
  const child = fork(fileURLToPath(new URL('process.ts', import.meta.url)), [String(latency)], {
    execArgv: ['--import', 'tsx'],
  });
  const answers = new Map<number, (answer: Answer) => void>();
  let last = 0;
  const ready = await new Promise<Ready>((resolve, reject) => {
    child.once('exit', code => reject(new Error(`The local Data API ended with ${code}`)));
    child.on('message', (message: { ready: Ready } | Answer) => {
      if ('ready' in message) resolve(message.ready);
      else answers.get(message.id)?.(message);
    });
  });
  const tell = (question: Omit<Question, 'id'>) => {
    const id = ++last;
    const answered = new Promise<Answer>(resolve => answers.set(id, resolve));
    child.send({ id, ...question });
    return answered.finally(() => answers.delete(id));
  };
  const query = async (statements: readonly string[], database = 'postgres') => {
    const url = new URL(ready.postgresUrl);
    url.pathname = `/${database}`;
    const client = new pg.Client(url.href);
    await client.connect();
    try {
      let rows: Record<string, string>[] = [];
      for (const statement of statements) rows = (await client.query(statement)).rows;
      return rows;
    } finally {
      await client.end();
    }
  };
  const sql = async (statements: readonly string[], database?: string) => void (await query(statements, database));
  const [server] = await query(['SHOW server_version']);
  return {
    ...ready,
    version: server!.server_version!,
    calls: async () => (await tell({ ask: 'calls' })).calls,
    sql,
    async create(database, template = 'template0') {
      // A database that is copied must have no other guests: the service keeps its connections.
      const leave = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${template}'`;
      await sql([leave, `CREATE DATABASE ${database} TEMPLATE ${template}`]);
    },
    drop: database => sql([`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`]),
    shape: async database => (await query([SHAPE], database))[0]!.shape!,
    async stop() {
      const ended = once(child, 'exit');
      child.send({ id: ++last, ask: 'stop' } satisfies Question);
      await ended;
    },
  };
}

const SHAPE = `
SELECT md5(coalesce(string_agg(line, chr(10) ORDER BY line COLLATE "C"), '')) AS shape FROM (
  SELECT concat_ws(' ', c.relname, c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull) AS line
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relnamespace = 'public'::regnamespace AND c.relname !~ '^(schema_migrations|kysely_|knex_)'
) lines`;

/** The same Data API, another database. */
export function on(target: Target, database: string): Target {
  return { ...target, database };
}
