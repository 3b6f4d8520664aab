// A file of its own in the bundle, as `postgresql.ts` is.
export { postgresqlSchema } from '../lib/engine/postgresql/schema/index.ts';
