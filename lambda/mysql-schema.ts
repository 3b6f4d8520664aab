// A file of its own in the bundle, as `mysql.ts` is.
export { mysqlSchema } from '../lib/engine/mysql/schema/index.ts';
