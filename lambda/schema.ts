import type { EngineName } from '../lib/core/manifest.ts';
import type { SchemaReader } from '../lib/core/schema.ts';
import type { Environment } from './environment.ts';

/** The reader of schemas. Loaded only when it is needed: a deploy with nothing to do needs none. */
export async function readerFor(engine: EngineName, names: Environment['tracking']): Promise<SchemaReader> {
  return engine === 'mysql'
    ? (await import('./mysql-schema.ts')).mysqlSchema(names)
    : (await import('./postgresql-schema.ts')).postgresqlSchema(names);
}
