import { published, sstFunction } from './sst-function.ts';

/**
 * As published. Kysely 0.27 and an older kysely-data-api are bundled in it, which on PostgreSQL reads `pg_class.relkind`: the Data API of
 * Aurora Serverless v1 returned its type, that of today refuses it (https://github.com/anomalyco/kysely-data-api/pull/38 mended the same in
 * the package). So on PostgreSQL it can do no work.
 */
export const sst = sstFunction('sst', 'sst 2.49.8, its published migrator function', published);
