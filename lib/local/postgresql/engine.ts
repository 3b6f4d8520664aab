import type { Backend, Engine } from '../backend.ts';
import { Pool, type PoolOptions } from './pool.ts';

/** PostgreSQL behind the local Data API: a pool for each database. */
export class PostgresqlEngine implements Engine {
  readonly name = 'postgresql';
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly #options: PoolOptions;
  readonly #pools = new Map<string, Pool>();

  constructor(options: PoolOptions) {
    const url = new URL(options.url);
    this.username = decodeURIComponent(url.username) || 'postgres';
    this.password = decodeURIComponent(url.password);
    this.host = url.hostname;
    this.port = Number(url.port || 5432);
    this.#options = options;
  }

  async connect(database: string = this.username): Promise<Backend> {
    let pool = this.#pools.get(database);
    if (!pool) {
      pool = new Pool(database, this.#options);
      this.#pools.set(database, pool);
    }
    return pool.take();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map(pool => pool.close()));
  }
}
