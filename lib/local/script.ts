import pg from 'pg';
import { connect, query } from './mysql/pool.ts';

/** A session on a server of this machine past the Data API, which knows no parameters in a text. */
export interface ScriptSession {
  /** Executes a text. PostgreSQL takes several statements, in one transaction; MySQL takes one. Throws what the driver throws. */
  run(sql: string): Promise<void>;
  /** The same of a text that may be refused: gives back what the server said, or null. */
  attempt(sql: string): Promise<Refused | null>;
  end(): Promise<void>;
}

/** What the server said to a text. */
export interface Refused {
  /** SQLSTATE. */
  readonly code: string | undefined;
  readonly message: string;
}

/** Opens a session on the database of a URL. */
export async function openScript(url: string): Promise<ScriptSession> {
  return new URL(url).protocol === 'mysql:' ? openMysql(url) : openPostgresql(url);
}

async function openPostgresql(url: string): Promise<ScriptSession> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // The text that runs, or the next one, reports it.
  await client.connect();
  return session(
    sql => client.query(sql),
    () => client.end(),
  );
}

async function openMysql(url: string): Promise<ScriptSession> {
  const connection = await connect(url, decodeURIComponent(new URL(url).pathname.slice(1)));
  return session(
    sql => query(connection, sql),
    () => new Promise(resolve => connection.end(() => resolve())),
  );
}

function session(send: (sql: string) => Promise<unknown>, end: () => Promise<void>): ScriptSession {
  return {
    run: async sql => void (await send(sql)),
    async attempt(sql) {
      try {
        await send(sql);
        return null;
      } catch (error) {
        const { sqlState, message } = error as Error & { sqlState?: string };
        const code = error instanceof pg.DatabaseError ? error.code : sqlState;
        // Without one the server did not answer: EPIPE, for one, is a code of Node.js.
        if (code === undefined) throw error;
        return { code, message };
      }
    },
    end,
  };
}
