import type { Database } from '../core/database.ts';
import { MigrationError } from '../core/errors.ts';
import type { ManifestReader } from '../core/manifest.ts';
import type { SchemaReader } from '../core/schema.ts';
import { dataApi } from '../data-api/index.ts';
import { type Local, StartError, startLocal } from '../local/index.ts';
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
  // A schema of MySQL is another database, which only the target has.
  const { schema: _, ...rest } = values;
  const here = engineName(values) === 'mysql' ? rest : values;
  const schema = schemaOf(here);
  const engine = engineOf(here);
  // Files may say the name of the database that they are for.
  const local = await start(values, name, settings);
  try {
    const { endpoint, region, resourceArn, secretArn, credentials } = local;
    const client = { endpoint, region, credentials };
    const database = dataApi({ resourceArn, secretArn, database: local.database, client });
    const apply: Scratch['apply'] = async (migrations, remedy) => {
      const { problems, migrations: all } = await migrate({ database, engine, migrations, requestedBy: 'scratch' });
      const failed = all.find(({ state }) => state !== 'applied');
      if (problems.length > 0) throw new MigrationError(problems);
      if (failed) throw failedHere(failed.name, failed.error?.message ?? failed.state, remedy);
    };
    return await work({ database, schema, apply });
  } finally {
    await local.stop();
  }
}

/** What the migrations of a folder make in an empty database, as a dump. */
export function schemaOfFolder(values: Values, migrations: ManifestReader, server: ServerFacts): Promise<string> {
  return onScratch(values, server, async ({ database, schema, apply }) => {
    await apply(migrations, 'Compare with a dump instead: --against FILE');
    return (await dump({ database, schema, grants: values.grants === true })).text;
  });
}

async function start(
  values: Values,
  database: string | null,
  settings: Readonly<Record<string, string>>,
): Promise<Local> {
  if (engineName(values) !== 'mysql') return startLocal();
  try {
    return await startLocal({
      engine: 'mysql',
      ...(database !== null && { database }),
      mysql: { server: { settings } },
    });
  } catch (cause) {
    if (!(cause instanceof StartError)) throw cause;
    const remedy = 'Install MySQL 8.0 or newer (mysqld on the PATH), or compare with a dump: --against FILE';
    throw new MigrationError({ code: 'not-started', message: cause.message, remedy }, { cause });
  }
}

function failedHere(migration: string, why: string, remedy: string): MigrationError {
  return new MigrationError({
    code: 'not-applicable',
    message: `${migration} cannot be applied to an empty database: ${why}`,
    remedy,
    migration,
  });
}
