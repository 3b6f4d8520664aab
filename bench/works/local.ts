import { Agent, request } from 'node:http';
import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import pg from 'pg';
import { count, median, pairedRatio, spread, times } from '../report/numbers.ts';
import type { Target } from '../target.ts';
import { atMost, type Work } from './work.ts';

/** Milliseconds of one measurement. */
const LASTS = 500;

/** How much longer a statement may take over plain HTTP than through the driver, with eight clients: the median of the ratios within a round. */
const MAX_RATIO = 3;

/** One row by its key: what the driver alone can do with it is the measure. */
const SQL = (key: string) => `SELECT id, name FROM things WHERE id = ${key}`;

/** The local Data API as a database for tests: statements a second, beside the bare driver on the same server. */
export const local: Work = {
  name: 'local',
  async run({ service, rounds, say }) {
    const database = 'bench_local';
    await service.drop(database);
    await service.create(database);
    const table = 'CREATE TABLE things (id int PRIMARY KEY, name text)';
    await service.sql([table, "INSERT INTO things SELECT i, 'thing ' || i FROM generate_series(1, 1000) i"], database);
    const rows: string[][] = [];
    let slowest = 0;
    for (const clients of [1, 8]) {
      const taken = { api: [] as number[], plain: [] as number[], driver: [] as number[] };
      // The first round opens the connections.
      for (let round = 0; round <= Math.min(3, rounds); round++) {
        say(`local: ${clients} clients, round ${round}`);
        const api = await perSecond(clients, () => dataApiClient({ ...service.near, database }));
        const plain = await perSecond(clients, () => plainClient({ ...service.near, database }));
        const driver = await perSecond(clients, () => driverClient(service.serverUrl, database));
        if (round === 0) continue;
        taken.api.push(api);
        taken.plain.push(plain);
        taken.driver.push(driver);
      }
      const [api, plain, driver] = [median(taken.api), median(taken.plain), median(taken.driver)];
      slowest = pairedRatio(taken.driver, taken.plain);
      rows.push([
        count(clients),
        `${count(Math.round(api))} (${spread(taken.api)})`,
        `${count(Math.round(plain))} (${spread(taken.plain)})`,
        `${count(Math.round(driver))} (${spread(taken.driver)})`,
        times(driver / api),
        times(slowest),
      ]);
      await service.calls();
    }
    await service.drop(database);
    return [
      {
        title: 'The local Data API: statements a second',
        note: 'A SELECT of one row by its key, no latency added, through the official SDK, and without it (its own work is most of a call); the bare `pg` driver with a parameter on the same server. The clients share one process.',
        columns: ['clients', 'through the SDK', 'plain HTTP', 'bare driver', 'driver to SDK', 'driver to HTTP'],
        rows,
        checks: [atMost('local: 8 clients, bare driver to plain HTTP', slowest, MAX_RATIO, times)],
      },
    ];
  },
};

interface Client {
  query(id: number): Promise<unknown>;
  end(): Promise<void>;
}

async function perSecond(clients: number, open: () => Client | Promise<Client>): Promise<number> {
  const all = await Promise.all(Array.from({ length: clients }, open));
  const began = performance.now();
  let done = 0;
  await Promise.all(
    all.map(async client => {
      while (performance.now() - began < LASTS) {
        await client.query(1 + (done % 1000));
        done++;
      }
    }),
  );
  const took = performance.now() - began;
  for (const client of all) await client.end();
  return (done * 1000) / took;
}

function dataApiClient({ endpoint, region, credentials, resourceArn, secretArn, database }: Target): Client {
  const client = new RDSDataClient({ endpoint, region, credentials });
  return {
    query: id =>
      client.send(
        new ExecuteStatementCommand({
          resourceArn,
          secretArn,
          database,
          sql: SQL(':id'),
          parameters: [{ name: 'id', value: { longValue: id } }],
        }),
      ),
    end: async () => client.destroy(),
  };
}

/** The same request without the SDK, which signs, serialises and parses. */
function plainClient({ endpoint, resourceArn, secretArn, database }: Target): Client {
  const agent = new Agent({ keepAlive: true });
  const headers = { authorization: 'none', 'content-type': 'application/json' };
  return {
    query: id =>
      new Promise((resolve, reject) => {
        const parameters = [{ name: 'id', value: { longValue: id } }];
        const sent = request(`${endpoint}/Execute`, { method: 'POST', agent, headers }, answer => {
          let text = '';
          answer.on('data', (chunk: Buffer) => {
            text += chunk;
          });
          answer.on('end', () => resolve(JSON.parse(text)));
        });
        sent.on('error', reject);
        sent.end(JSON.stringify({ resourceArn, secretArn, database, sql: SQL(':id'), parameters }));
      }),
    end: async () => agent.destroy(),
  };
}

async function driverClient(server: string, database: string): Promise<Client> {
  const url = new URL(server);
  url.pathname = `/${database}`;
  const client = new pg.Client(url.href);
  await client.connect();
  return { query: id => client.query(SQL('$1'), [id]), end: () => client.end() };
}
