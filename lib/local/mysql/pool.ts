import { type Connection, createConnection } from 'mysql2';
import { type BackendOptions, MysqlBackend } from './backend.ts';
import { translate } from './errors.ts';

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

/** Connections to one database. Each call gets a random one, in the state that the last call left. */
export class Pool {
  readonly #database: string | undefined;
  readonly #options: PoolOptions;
  readonly #idle: MysqlBackend[] = [];
  readonly #all = new Set<MysqlBackend>();

  constructor(database: string | undefined, options: PoolOptions) {
    this.#database = database;
    this.#options = options;
  }

  async take(): Promise<MysqlBackend> {
    const { random, size } = this.#options;
    for (;;) {
      // A connection not yet made is as likely as one that waits; with none waiting there is one more.
      const unmade = Math.max(0, size - this.#all.size);
      const choice = Math.floor(random() * (this.#idle.length + unmade));
      const [backend] = this.#idle.splice(choice, 1);
      if (!backend) return this.#make();
      if (!backend.lost) return backend;
      this.#end(backend);
    }
  }

  close(): void {
    for (const backend of [...this.#all]) this.#end(backend);
  }

  giveBack(backend: MysqlBackend, reusable: boolean): void {
    if (!this.#all.has(backend)) return;
    if (!reusable || this.#idle.length >= this.#options.size) this.#end(backend);
    else this.#idle.push(backend);
  }

  async cancel(id: number): Promise<void> {
    const connection = await connect(this.#options.url, undefined);
    await query(connection, `KILL QUERY ${id}`).catch(() => undefined);
    connection.destroy();
  }

  async #make(): Promise<MysqlBackend> {
    try {
      const connection = await connect(this.#options.url, this.#database);
      for (const sql of this.#options.dirty) await query(connection, sql);
      const backend = new MysqlBackend(connection, this, this.#options);
      this.#all.add(backend);
      return backend;
    } catch (error) {
      throw translate(error, this.#options.switches);
    }
  }

  #end(backend: MysqlBackend): void {
    this.#all.delete(backend);
    const at = this.#idle.indexOf(backend);
    if (at >= 0) this.#idle.splice(at, 1);
    // A statement that runs is abandoned: the server goes on with it.
    backend.connection.destroy();
  }
}

/** The session of the service's driver: UTC, and values as the server writes them. */
export async function connect(url: string, database: string | undefined): Promise<Connection> {
  const { hostname, port, username, password, searchParams } = new URL(url);
  const socketPath = searchParams.get('socket');
  const connection = createConnection({
    ...(socketPath ? { socketPath } : { host: hostname, port: Number(port || 3306) }),
    user: decodeURIComponent(username) || 'root',
    password: decodeURIComponent(password),
    ...(database !== undefined && { database }),
    charset: 'utf8mb4_0900_ai_ci',
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
    jsonStrings: true,
    maxPreparedStatements: 1,
    connectTimeout: 10_000,
    // It would become part of the SQL mode, which the server stores with routines and triggers; neither the mysql client nor sqlx asks for it.
    flags: ['-IGNORE_SPACE'],
    // One statement a call; the driver asks for nothing else either.
    multipleStatements: false,
  });
  await new Promise<void>((resolve, reject) => {
    connection.once('error', reject);
    connection.connect(error => (error ? reject(error) : resolve()));
  });
  connection.removeAllListeners('error');
  connection.on('error', () => {});
  await query(connection, "SET time_zone = '+00:00'");
  return connection;
}

export function query(connection: Connection, sql: string): Promise<unknown> {
  return new Promise((resolve, reject) =>
    connection.query(sql, (error, rows) => (error ? reject(error) : resolve(rows))),
  );
}
