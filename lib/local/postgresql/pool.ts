import pg from 'pg';
import { type BackendOptions, PostgresqlBackend } from './backend.ts';
import { translate } from './errors.ts';
import { withDatabase } from './start.ts';

export interface PoolOptions extends BackendOptions {
  /** As user name, password, host and port. */
  readonly url: string;
  /** Connections kept for each database. */
  readonly size: number;
  /** Statements for every new connection: what others left on it. */
  readonly dirty: readonly string[];
  /** From 0 to 1: which connection is next. */
  readonly random: () => number;
}

/**
 * Connections to one database. Each call gets a random one, in the state that the last call left: the service's pool resets nothing, so a
 * `SET` outside of a transaction is lost for its author and found by a stranger.
 */
export class Pool {
  readonly #database: string;
  readonly #options: PoolOptions;
  readonly #idle: PostgresqlBackend[] = [];
  readonly #all = new Set<PostgresqlBackend>();

  constructor(database: string, options: PoolOptions) {
    this.#database = database;
    this.#options = options;
  }

  async take(): Promise<PostgresqlBackend> {
    const { random, size } = this.#options;
    // A connection not yet made is as likely as one that waits; with none waiting there is one more.
    const unmade = Math.max(0, size - this.#all.size);
    const choice = Math.floor(random() * (this.#idle.length + unmade));
    const [backend] = this.#idle.splice(choice, 1);
    return backend ?? this.#make();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map(backend => this.#end(backend)));
  }

  async #make(): Promise<PostgresqlBackend> {
    const client = await connect(this.#options.url, this.#database).catch(error => {
      throw translate(error, this.#options.errors);
    });
    const backend = new PostgresqlBackend(client, this, this.#options);
    this.#all.add(backend);
    client.on('end', () => this.#forget(backend));
    try {
      for (const sql of this.#options.dirty) await client.query(sql);
    } catch (error) {
      await this.#end(backend);
      throw translate(error, this.#options.errors);
    }
    return backend;
  }

  giveBack(backend: PostgresqlBackend, reusable: boolean): void {
    if (!this.#all.has(backend)) return;
    if (!reusable || this.#idle.length >= this.#options.size) {
      void this.#end(backend);
    } else if (backend.inTransaction) {
      // A literal BEGIN without an end. Nobody knows what the service does; without this every later call here would be undone some day.
      backend.rollback().then(
        () => this.#idle.push(backend),
        () => this.#end(backend),
      );
    } else {
      this.#idle.push(backend);
    }
  }

  async cancel(pid: number): Promise<void> {
    const client = await connect(this.#options.url, this.#database);
    try {
      await client.query('select pg_catalog.pg_cancel_backend($1)', [pid]);
    } finally {
      await client.end();
    }
  }

  #forget(backend: PostgresqlBackend): void {
    this.#all.delete(backend);
    const at = this.#idle.indexOf(backend);
    if (at >= 0) this.#idle.splice(at, 1);
  }

  async #end(backend: PostgresqlBackend): Promise<void> {
    this.#forget(backend);
    if (!backend.busy) return backend.client.end();
    // A polite end waits for the statement that runs; this one must not, and lets it run on.
    (backend.client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  }
}

/** The session of the service's driver: UTC, ISO dates. */
async function connect(url: string, database: string): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: withDatabase(url, database),
    options: '-c TimeZone=UTC -c DateStyle=ISO,MDY',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {}); // Reported by the statement that runs or comes next.
  await client.connect();
  return client;
}
