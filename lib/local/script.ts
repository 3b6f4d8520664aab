import pg from 'pg';
import { connect, query } from './mysql/pool.ts';

/** A session on a server of this machine past the Data API, which knows no parameters in a text. */
export interface ScriptSession {
  /** Executes a text. PostgreSQL takes several statements, in one transaction; MySQL takes one. Throws a `ScriptError`. */
  run(sql: string): Promise<void>;
  end(): Promise<void>;
}

/** What the server said to a text. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  /** SQLSTATE. */
  readonly code: string | undefined;

  constructor(cause: Error & { code?: string; sqlState?: string }) {
    super(cause.message, { cause });
    this.code = cause.sqlState ?? cause.code;
  }
}

/** Opens a session on the database of a URL. */
export async function openScript(url: string): Promise<ScriptSession> {
  return new URL(url).protocol === 'mysql:' ? openMysql(url) : openPostgresql(url);
}

async function openPostgresql(url: string): Promise<ScriptSession> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => {}); // The text that runs, or the next one, reports it.
  await client.connect();
  return {
    run: async sql => void (await client.query(sql).catch(refused)),
    end: () => client.end(),
  };
}

async function openMysql(url: string): Promise<ScriptSession> {
  const connection = await connect(url, decodeURIComponent(new URL(url).pathname.slice(1)));
  return {
    run: async sql => void (await query(connection, sql).catch(refused)),
    end: () => new Promise(resolve => connection.end(() => resolve())),
  };
}

function refused(cause: Error): never {
  throw new ScriptError(cause);
}
