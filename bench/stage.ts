import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import type { Contestant, Situation } from './contestants/index.ts';
import { WORK } from './folders.ts';
import { on, type Service } from './service/index.ts';
import type { Target } from './target.ts';

/** A contestant's migrations in a folder, and a database that stands where the work begins. */
export interface Stage {
  readonly folder: string;
  readonly database: string;
}

/**
 * Write the files and bring a database to where the work begins. The tool itself applies the first migration; the rows of the others are
 * written as it would have written them.
 */
export async function prepare(
  service: Service,
  contestant: Contestant,
  situation: Situation,
  name: string,
): Promise<Stage> {
  const database = `bench_${name}_${contestant.name}`.replaceAll(/\W/g, '_');
  await service.drop(database);
  await service.create(database);
  const { engine } = service.near;
  await service.sql(contestant.before?.[engine] ?? [], database);
  const { applied } = situation;
  const folder = await written(contestant, situation, engine, `${name}-${contestant.name}`);
  if (applied.length > 0) {
    const first = { applied: [], pending: applied.slice(0, 1) };
    const start = await written(contestant, first, engine, `${name}-${contestant.name}-first`);
    await contestant.run(on(service.near, database), start);
    await service.sql(contestant.pretend(folder, applied), database);
  }
  return { folder, database };
}

async function written(
  contestant: Contestant,
  situation: Situation,
  engine: Target['engine'],
  name: string,
): Promise<string> {
  const folder = join(WORK, 'migrations', name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await contestant.prepare(folder, situation, engine);
  return folder;
}

/** Open the service's connection to a new database: who comes first shall not pay for it. */
export async function warm({ endpoint, region, credentials, ...target }: Target): Promise<void> {
  const client = new RDSDataClient({ endpoint, region, credentials });
  const { resourceArn, secretArn, database } = target;
  await client.send(new ExecuteStatementCommand({ resourceArn, secretArn, database, sql: 'SELECT 1' }));
  client.destroy();
}
