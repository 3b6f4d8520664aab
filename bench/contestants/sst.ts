import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { SST_FOLDER } from '../folders.ts';
import type { Target } from '../target.ts';
import type { Contestant } from './contestant.ts';
import { pretendKysely, writeKysely } from './kysely-files.ts';

/**
 * The function that `RDS.migrations` of SST 2 deploys, as published but for one cast. Kysely 0.27 and an older kysely-data-api are bundled in
 * it, which reads `pg_class.relkind`: the Data API of today refuses its type (UnsupportedResultException, "CHAR"), and the function then
 * can do nothing at all. It was written for Aurora Serverless v1.
 */
export const sst: Contestant = {
  name: 'sst',
  title:
    'sst 2.49.8, its published migrator function, with one cast added: unchanged it cannot do any work here (UnsupportedResultException, "CHAR")',
  engines: ['postgresql', 'mysql'],
  prepare: async (folder, { applied, pending }) => writeKysely(folder, [...applied, ...pending]),
  pretend: (_, applied) => pretendKysely(applied),
  async run(target, folder) {
    const handler = await load();
    const given = variables(target, folder);
    const log = console.log;
    Object.assign(process.env, given);
    console.log = () => {};
    try {
      await handler({});
    } finally {
      console.log = log;
      for (const name of Object.keys(given)) delete process.env[name];
    }
  },
};

/** What the function finds in its environment. */
export function variables({ endpoint, region, credentials, engine, ...target }: Target, folder: string) {
  return {
    AWS_ENDPOINT_URL_RDS_DATA: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    RDS_ARN: target.resourceArn,
    RDS_SECRET: target.secretArn,
    RDS_DATABASE: target.database,
    RDS_ENGINE_MODE: engine === 'mysql' ? 'mysql' : 'postgres',
    RDS_MIGRATIONS_PATH: folder,
    // As in Lambda: it imports the migrations where they are.
    LAMBDA_TASK_ROOT: folder,
  };
}

async function load(): Promise<(event: object) => Promise<unknown>> {
  // Its bundle expects the `require` that SST's banner makes.
  (globalThis as { require?: unknown }).require ??= createRequire(import.meta.url);
  const { handler } = await import(pathToFileURL(mended()).href);
  return handler;
}

/** The function with the cast. */
export function mended(): string {
  const file = join(SST_FOLDER, 'mended.mjs');
  if (existsSync(file)) return file;
  const published = readFileSync(join(SST_FOLDER, 'index.mjs'), 'utf8');
  const column = '"c.relkind as table_type"';
  if (published.split(column).length !== 2) throw new Error("SST's function is not the one that was measured");
  writeFileSync(file, published.replace(column, 'je`cast(c.relkind as text)`.as("table_type")'));
  return file;
}
