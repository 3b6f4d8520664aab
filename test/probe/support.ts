import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { expect } from 'vitest';
import { type LocalOptions, startLocal } from '../../lib/local/index.ts';
import { type Api, send } from '../../probe/api.ts';
import type { Settings } from '../../probe/conclude.ts';
import { PlaceTaken, SCHEMA } from '../../probe/place.ts';
import { type Findings, probe, probeService } from '../../probe/probe.ts';
import { PROBES, probesOf } from '../../probe/probes/index.ts';
import { startReference } from '../../probe/reference.ts';
import { type Engine, execute, type Probe } from '../../probe/step.ts';
import { freshMysql, mysqlMasterUrl } from '../support/mysql.ts';
import { freshDatabase } from '../support/postgresql.ts';

/** An empty database on the shared server, as options of a local Data API; `stop` drops it. */
export async function emptyDatabase(engine: Engine): Promise<{ options: LocalOptions; stop(): Promise<void> }> {
  if (engine === 'mysql') {
    const { name, stop } = await freshMysql(false);
    return { options: { url: mysqlMasterUrl, database: name }, stop };
  }
  const { name, url, drop } = await freshDatabase();
  return { options: { url, database: name }, stop: drop };
}

/** Probes a local Data API with these settings, compared with another one. */
export async function probeLocal(
  engine: Engine,
  settings: Settings,
  probes = probesOf(engine, { pause: true }),
): Promise<Findings> {
  const [probed, other] = [await emptyDatabase(engine), await emptyDatabase(engine)];
  const local = (await startReference(engine, { ...probed.options, ...settings }))!;
  try {
    return await probe(local.api, probes, other.options);
  } finally {
    await local.stop();
    await probed.stop();
    await other.stop();
  }
}

/** The probes of an engine with these numbers. */
export function numbered(engine: Engine, ...numbers: readonly number[]): Probe[] {
  return PROBES.filter(({ number, engines }) => numbers.includes(number) && engines.includes(engine));
}

/** Clocks that let a test wait for a transaction that was left open: its locks go after a second. */
const CLOCKS = { scale: 0.02, transactionIdle: 50 };

/** A local Data API to probe, and to look into. Without `options` over a fresh database of the shared server. */
export async function openPlace(engine: Engine, options?: LocalOptions) {
  const database = options ? undefined : await emptyDatabase(engine);
  const local = await startLocal({ ...database?.options, ...options, engine, clocks: CLOCKS });
  const { endpoint, region, credentials, resourceArn, secretArn } = local;
  const client = new RDSDataClient({ endpoint, region, credentials: { ...credentials }, maxAttempts: 1 });
  const target = { resourceArn, secretArn, database: local.database };
  const api: Api = { engine, client, target, scale: CLOCKS.scale, pause: async () => {} };
  const ask = async (sql: string, where = target.database) => {
    const outcome = await send(api, execute(sql, { target: () => ({ database: where }) }), new Map());
    expect(outcome.error).toBeUndefined();
    return (outcome.answers[0]?.records ?? []).map(([field]) => field?.stringValue);
  };
  /** Schemas whose name begins as that of the probe; on MySQL they are databases. */
  const left = () =>
    ask(
      engine === 'mysql'
        ? `select cast(schema_name as char) from information_schema.schemata where schema_name like '${SCHEMA}%'`
        : `select nspname::text from pg_namespace where nspname like '${SCHEMA}%'`,
    );
  async function stop() {
    client.destroy();
    await local.stop();
    await database?.stop();
  }
  return { api, ask, left, [Symbol.asyncDispose]: stop };
}

/** An API whose process is killed before its n-th call: that one and all later ones are never sent. */
function killedAt(api: Api, call: number): Api {
  let calls = 0;
  const send = (...command: Parameters<Api['client']['send']>) => {
    if (++calls >= call) throw new Error('killed');
    return api.client.send(...command);
  };
  return { ...api, client: { send } as Api['client'] };
}

/** Kills a run at each of its calls in turn; the next run must leave nothing. */
export async function killAtEveryCall(engine: Engine, probes: readonly Probe[]): Promise<void> {
  await using place = await openPlace(engine);
  for (let call = 1; ; call++) {
    const run = probeService(killedAt(place.api, call), probes);
    const outcome = await run.then(
      () => 'ended',
      (error: Error) => error.message,
    );
    await probeService(place.api, []);
    expect(await place.left(), `killed at call ${call}`).toEqual([]);
    expect(outcome).toMatch(/^(ended|killed)$/);
    if (outcome === 'killed') continue;
    expect(call).toBeGreaterThan(20);
    return;
  }
}

/** A schema of that name, which no probe has made, is refused and kept. */
export async function refuseForeign(engine: Engine): Promise<void> {
  await using place = await openPlace(engine);
  await place.ask(`create ${engine === 'mysql' ? 'database' : 'schema'} ${SCHEMA}`);
  await place.ask(`create table ${SCHEMA}.probe_plain (id int)`);
  try {
    const refused = probeService(place.api, numbered(engine, 8));
    await expect(refused).rejects.toThrow(PlaceTaken);
    await expect(refused).rejects.toThrow(/holds probe_plain, which no probe has made/);
    expect(await place.ask(`select count(*) from ${SCHEMA}.probe_plain`)).toHaveLength(1);
  } finally {
    await place.ask(`drop schema ${SCHEMA}${engine === 'mysql' ? '' : ' cascade'}`);
  }
}
