import type { Database } from '../core/database.ts';
import { MigrationError } from '../core/errors.ts';
import type { ManifestReader } from '../core/manifest.ts';
import type { SchemaReader } from '../core/schema.ts';
import { dataApi } from '../data-api/index.ts';
import { type Local, type MysqlServer, StartError, startEmbedded, startLocal, startMysqld } from '../local/index.ts';
import { dump, type ServerFacts } from '../runner/dump.ts';
import { migrate } from '../runner/index.ts';
import { engineName, engineOf, schemaOf } from './engine.ts';
import type { Values } from './options.ts';

/** An empty database on a server that is started for it and thrown away. */
export interface Scratch {
  readonly database: Database;
  readonly schema: SchemaReader;
  /** Applies migrations. Throws `not-applicable` with this remedy where one fails. */
  apply(migrations: ManifestReader, remedy: string): Promise<void>;
}

/** Works with an empty database, on a server that is set up as the one of these facts. */
export async function onScratch<T>(
  values: Values,
  { database: name, settings }: ServerFacts,
  work: (scratch: Scratch) => Promise<T>,
): Promise<T> {
  const here = scratchValues(values);
  const schema = schemaOf(here);
  const engine = engineOf(here);
  const { local, stop } = await startScratch(values, { database: name, settings }, OR_COMPARE);
  try {
    const database = scratchDatabase(local);
    const apply: Scratch['apply'] = async (migrations, remedy) => {
      const { problems, migrations: all } = await migrate({ database, engine, migrations, requestedBy: 'scratch' });
      const failed = all.find(({ state }) => state !== 'applied');
      if (problems.length > 0) throw new MigrationError(problems);
      if (failed) throw failedHere(failed.name, failed.error?.message ?? failed.state, remedy);
    };
    return await work({ database, schema, apply });
  } finally {
    await stop();
  }
}

/** The options for a scratch server: a schema of MySQL is another database, which only the target has. */
export function scratchValues(values: Values): Values {
  const { schema: _, ...rest } = values;
  return engineName(values) === 'mysql' ? rest : values;
}

/** What the migrations of a folder make in an empty database, as a dump. */
export function schemaOfFolder(values: Values, migrations: ManifestReader, server: ServerFacts): Promise<string> {
  return onScratch(values, server, async ({ database, schema, apply }) => {
    await apply(migrations, 'Compare with a dump instead: --against FILE');
    return (await dump({ database, schema, grants: values.grants === true })).text;
  });
}

/** What to do instead where no MySQL can be started. */
const OR_COMPARE = 'or compare with a dump: --against FILE';

/** A server that is started for one command, with an empty database behind a local Data API. */
export interface ScratchServer {
  readonly local: Local;
  /** Of that database, for the user that migrates. */
  readonly url: string;
  /** Of that database, for the superuser of the server. */
  readonly superuserUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts a server of the engine that the options mean, set up as the one of these facts. Files may say the name of the database that they are
 * for, so it has the same. Throws `not-started` where there is no MySQL; `otherwise` ends its remedy.
 */
export async function startScratch(
  values: Values,
  { database, settings }: Pick<ServerFacts, 'database' | 'settings'>,
  otherwise: string,
): Promise<ScratchServer> {
  const engine = engineName(values);
  const server = engine === 'mysql' ? await startMysql(settings, otherwise) : await startEmbedded();
  try {
    const local = await startLocal({ engine, url: server.masterUrl, ...(database !== null && { database }) });
    const urlOf = (url: string) =>
      Object.assign(new URL(url), { pathname: `/${encodeURIComponent(local.database)}` }).href;
    async function stop() {
      await local.stop();
      await server.stop();
    }
    return { local, url: urlOf(server.masterUrl), superuserUrl: urlOf(server.url), stop };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startMysql(settings: ServerFacts['settings'], otherwise: string): Promise<MysqlServer> {
  try {
    return await startMysqld({ settings });
  } catch (cause) {
    if (!(cause instanceof StartError)) throw cause;
    const remedy = `Install MySQL 8.0 or newer (mysqld on the PATH), ${otherwise}`;
    throw new MigrationError({ code: 'not-started', message: cause.message, remedy }, { cause });
  }
}

/** The database of a scratch server, as a run reaches it. */
export function scratchDatabase({ endpoint, region, resourceArn, secretArn, credentials, database }: Local): Database {
  return dataApi({ resourceArn, secretArn, database, client: { endpoint, region, credentials } });
}

function failedHere(migration: string, why: string, remedy: string): MigrationError {
  return new MigrationError({
    code: 'not-applicable',
    message: `${migration} cannot be applied to an empty database: ${why}`,
    remedy,
    migration,
  });
}
