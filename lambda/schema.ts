import type { EngineName } from '../lib/core/manifest.ts';
import type { SchemaReader } from '../lib/core/schema.ts';
import { postgresqlSchema } from '../lib/engine/postgresql/schema/index.ts';
import type { Environment } from './environment.ts';

/** The reader of schemas; undefined where an engine has none. Loaded only when it is needed: a deploy with nothing to do needs none. */
export function readerFor(engine: EngineName, names: Environment['tracking']): SchemaReader | undefined {
  return engine === 'postgresql' ? postgresqlSchema(names) : undefined;
}
