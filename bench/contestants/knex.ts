import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import knexLib from 'knex';
import { versionOf } from '../versions.ts';
import { type Contestant, literal } from './contestant.ts';

const { postgres, mysql } = createRequire(import.meta.url)('knex-aurora-data-api-client');

export const knex: Contestant = {
  name: 'knex',
  title: `knex ${versionOf('knex')} with knex-aurora-data-api-client ${versionOf('knex-aurora-data-api-client')}, aws-sdk ${versionOf('aws-sdk')}`,
  async prepare(folder, { applied, pending }) {
    for (const { name, statements } of [...applied, ...pending]) {
      const lines = statements.map(sql => `  await knex.raw(${JSON.stringify(sql)});\n`);
      writeFileSync(
        join(folder, `${name}.cjs`),
        `exports.up = async knex => {\n${lines.join('')}};\nexports.down = async () => {};\n`,
      );
    }
  },
  pretend(_, applied) {
    const rows = applied.slice(1).map(({ name }) => `(${literal(`${name}.cjs`)}, 1, now())`);
    return rows.length === 0
      ? []
      : [`INSERT INTO knex_migrations (name, batch, migration_time) VALUES ${rows.join(',')}`];
  },
  async run({ resourceArn, secretArn, database, endpoint, region, credentials, engine }, directory) {
    const options = { endpoint, sslEnabled: false, credentials };
    const db = knexLib.knex({
      client: engine === 'mysql' ? mysql : postgres,
      connection: { resourceArn, secretArn, database, region, options } as object,
      migrations: { directory, loadExtensions: ['.cjs'] },
    });
    await db.migrate.latest();
    await db.destroy();
  },
};
