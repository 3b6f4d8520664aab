import type { Backend, Engine } from '../backend.ts';
import { Pool, type PoolOptions } from './pool.ts';

/** MySQL behind the local Data API: a pool for each database. */
export class MysqlEngine implements Engine {
  readonly name = 'mysql';
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  readonly #options: PoolOptions;
  readonly #pools = new Map<string | undefined, Pool>();

  constructor(options: PoolOptions) {
    const url = new URL(options.url);
    this.username = decodeURIComponent(url.username) || 'root';
    this.password = decodeURIComponent(url.password);
    this.host = url.hostname;
    this.port = Number(url.port || 3306);
    this.#options = options;
  }

  /** Without a database there is none: MySQL has no default. */
  async connect(database: string | undefined): Promise<Backend> {
    let pool = this.#pools.get(database);
    if (!pool) {
      pool = new Pool(database, this.#options);
      this.#pools.set(database, pool);
    }
    return pool.take();
  }

  async close(): Promise<void> {
    for (const pool of this.#pools.values()) pool.close();
  }
}
