import type { AddressInfo } from 'node:net';
import type { Host } from './call.ts';
import { Clocks } from './clocks.ts';
import { Faults } from './faults.ts';
import { listen } from './http.ts';
import { RequestLog } from './log.ts';
import { MysqlEngine } from './mysql/engine.ts';
import { startMysql } from './mysql/start.ts';
import { DEFAULTS as MYSQL_SWITCHES } from './mysql/switches.ts';
import { type LocalOptions, SWITCHES, type Switches } from './options.ts';
import { PostgresqlEngine } from './postgresql/engine.ts';
import { startPostgresql, withDatabase } from './postgresql/start.ts';
import { Transactions } from './transactions.ts';

export type { Fault, FaultName, Hook } from './faults.ts';
export type { LogEntry } from './log.ts';
export { hasMysqld, type MysqlServer, type MysqlServerOptions, startMysqld } from './mysql/server.ts';
export type { MysqlSwitches } from './mysql/switches.ts';
export type { LocalOptions, Switches } from './options.ts';
export { type Embedded, type EmbeddedOptions, startEmbedded } from './postgresql/embedded.ts';
export { StartError } from './start-error.ts';

/** A running local Data API. */
export interface Local {
  /** For `endpoint` of the RDSDataClient and the SecretsManagerClient, or `AWS_ENDPOINT_URL`. */
  readonly endpoint: string;
  readonly region: string;
  readonly resourceArn: string;
  readonly secretArn: string;
  /** Any others do too: signatures are not checked. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly database: string;
  /** The database behind it, for a look past the Data API. */
  readonly postgresUrl: string;
  readonly faults: Faults;
  readonly log: RequestLog;
  /** Data API transactions that are open now. */
  openTransactions(): number;
  /** Close the server and its connections, and leave the embedded PostgreSQL. Twice is once. */
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Start a local Data API in front of a real PostgreSQL or MySQL. Throws a `StartError`. */
export async function startLocal(options: LocalOptions = {}): Promise<Local> {
  const { database = 'app', region = 'us-east-1' } = options;
  const { url, progress, create = true, superuser = false } = options;
  const server =
    options.engine === 'mysql'
      ? await startMysql({ url, server: { progress, ...options.mysql?.server }, database, create, superuser })
      : await startPostgresql({ url, embedded: { progress, ...options.embedded }, database, create, superuser });
  try {
    return await announce(server, options, database, region);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function announce(
  server: { url: string; stop(): Promise<void> },
  options: LocalOptions,
  database: string,
  region: string,
): Promise<Local> {
  const switches: Required<Switches> = { ...SWITCHES, ...options.switches };
  const pool = {
    url: server.url,
    size: options.poolSize ?? 3,
    dirty: options.dirty ?? [],
    random: options.random ?? Math.random,
  };
  const { mysql } = options;
  const engine =
    options.engine === 'mysql'
      ? new MysqlEngine({ ...pool, switches: { ...MYSQL_SWITCHES, ...mysql?.switches }, scanner: mysql?.scanner ?? {} })
      : new PostgresqlEngine({
          ...pool,
          errors: switches,
          results: switches,
          scanner: { repeatedNames: switches.repeatedNames, ...options.scanner },
        });
  const clocks = new Clocks(options.clocks);
  const host: Host = {
    service: { engine, clocks, switches, transactions: new Transactions(clocks, switches.idleWhileRunning) },
    resourceArn: `arn:aws:rds:${region}:000000000000:cluster:local`,
    secretArn: `arn:aws:secretsmanager:${region}:000000000000:secret:local-AbCdEf`,
    faults: new Faults(),
    log: new RequestLog(options.logLimit),
    logValues: options.logValues ?? false,
    onRequest: options.onRequest ?? (() => {}),
    latency: options.latency ?? 0,
    report: error => {
      process.emitWarning(error instanceof Error ? error : new Error(String(error)));
    },
  };
  const secret = { arn: host.secretArn, database, without: options.secretWithout ?? [] };
  const http = await listen(host, secret, options.port ?? 0);

  let stopped: Promise<void> | undefined;
  async function stop() {
    http.closeAllConnections();
    await new Promise(resolve => http.close(resolve));
    await engine.close();
    await server.stop();
  }
  function stopOnce(): Promise<void> {
    stopped ??= stop();
    return stopped;
  }
  return {
    endpoint: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    region,
    resourceArn: host.resourceArn,
    secretArn: host.secretArn,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    database,
    postgresUrl: withDatabase(server.url, database),
    faults: host.faults,
    log: host.log,
    openTransactions: () => host.service.transactions.count,
    stop: stopOnce,
    [Symbol.asyncDispose]: stopOnce,
  };
}
