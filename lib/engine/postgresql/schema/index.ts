import type { SchemaReader } from '../../../core/schema.ts';
import { diagnostics } from '../../advice/postgresql.ts';
import { naming, type TrackingNames } from '../names.ts';
import { drifted, inspect, record } from './fingerprint.ts';
import { readSchema } from './read.ts';

/**
 * What a dump begins with. Bodies are not checked, for what they name may come later; nothing is on the search path, so that no name means
 * anything but what it says; text is read as it was written.
 */
const PREAMBLE = `SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SET check_function_bodies = false;
SET intervalstyle = postgres;
SET xmloption = content;
SELECT pg_catalog.set_config('search_path', '', false);
`;

/** The schema of a PostgreSQL database. Throws `bad-identifier` for names that are not plain. */
export function postgresqlSchema(names: TrackingNames = {}): SchemaReader {
  const named = naming(names);
  const tracking = { schema: names.schema ?? 'public', table: names.table ?? 'schema_migrations' };
  return {
    diagnostics,
    preamble: PREAMBLE,
    read: (database, options) => readSchema(database, tracking, options),
    inspect: database => inspect(database, named, tracking),
    drifted: database => drifted(database, named, tracking),
    record: (database, ending, server) => record(database, named, tracking, ending, server),
  };
}
