import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../folders.ts';
import { absent, type Work } from './work.ts';

/** 50 × 5 on MySQL, beside Kysely's MySQL mode: for when there is an engine, and a local Data API, for it. */
export const mysql: Work = {
  name: 'mysql',
  async run({ contestants }) {
    const able = contestants.filter(({ engines }) => engines.includes('mysql')).map(({ name }) => name);
    const missing = ['lib/engine/mysql', 'lib/local/mysql'].filter(folder => !existsSync(join(ROOT, folder)));
    const why = missing.length > 0 ? `${missing.join(' and ')} not there yet` : 'the bench has no MySQL service yet';
    return [absent('MySQL: 50 pending × 5 statements', `${why} (could then take part: ${able.join(', ')})`)];
  },
};
