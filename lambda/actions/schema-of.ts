import { MigrationError } from '../../lib/core/errors.ts';
import type { SchemaReader } from '../../lib/core/schema.ts';
import type { WriteOptions } from '../../lib/runner/index.ts';

/** The reader of schemas that the action needs. */
export function schemaOf({ schema }: WriteOptions): SchemaReader {
  if (schema) return schema;
  throw new MigrationError({
    code: 'no-schema',
    message: 'The schema of a database of this engine cannot be read yet',
    remedy: 'Use the dump program of the database itself',
  });
}
