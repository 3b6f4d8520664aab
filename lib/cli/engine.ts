import type { EngineName } from '../core/manifest.ts';
import type { SchemaReader } from '../core/schema.ts';
import type { Engine } from '../engine/engine.ts';
import { mysql } from '../engine/mysql/index.ts';
import { mysqlRehearser } from '../engine/mysql/rehearsal/index.ts';
import { mysqlSchema } from '../engine/mysql/schema/index.ts';
import { postgresql } from '../engine/postgresql/index.ts';
import { postgresqlRehearser } from '../engine/postgresql/rehearsal/index.ts';
import { postgresqlSchema } from '../engine/postgresql/schema/index.ts';
import type { Rehearser } from '../engine/rehearser.ts';
import { OPTIONS, type Values } from './options.ts';

/** The engine that the options mean: `--engine`, else that of the URL, else PostgreSQL. */
export function engineName({ engine, url }: Pick<Values, 'engine' | 'url'>): EngineName {
  return engine ?? (url?.startsWith('mysql:') ? 'mysql' : 'postgresql');
}

/** What is true of that engine, with the names of the tracking tables. A schema of MySQL is a database: it has no usual name. */
export function engineOf(values: Values): Engine {
  const { schema, table = OPTIONS.table.default } = values;
  if (engineName(values) === 'mysql') return mysql({ table, ...(schema !== undefined && { schema }) });
  return postgresql({ schema: schema ?? OPTIONS.schema.default, table });
}

/** What a rehearsal needs of that engine. */
export function rehearserOf(values: Values): Rehearser {
  return engineName(values) === 'mysql' ? mysqlRehearser(values) : postgresqlRehearser(values);
}

/** How the schema of that engine is read. */
export function schemaOf(values: Values): SchemaReader {
  return engineName(values) === 'mysql' ? mysqlSchema(values) : postgresqlSchema(values);
}
