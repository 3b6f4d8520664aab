import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { drizzle as connect } from 'drizzle-orm/aws-data-api/pg';
import { migrate } from 'drizzle-orm/aws-data-api/pg/migrator';
import { versionOf } from '../versions.ts';
import { type Contestant, literal } from './contestant.ts';

/** Its journal holds a time a migration, and what is later than the newest applied one is pending. */
const when = (index: number) => 1_700_000_000_000 + index * 1000;

export const drizzle: Contestant = {
  name: 'drizzle',
  title: `drizzle-orm ${versionOf('drizzle-orm')}, aws-data-api/pg`,
  absent: { mysql: 'cannot: drizzle-orm has a driver for the Data API of PostgreSQL only' },
  async prepare(folder, { applied, pending }) {
    const entries = [...applied, ...pending].map(({ name, statements }, idx) => {
      writeFileSync(join(folder, `${name}.sql`), statements.map(one => `${one};`).join('\n--> statement-breakpoint\n'));
      return { idx, version: '7', when: when(idx), tag: name, breakpoints: true };
    });
    mkdirSync(join(folder, 'meta'));
    writeFileSync(
      join(folder, 'meta', '_journal.json'),
      JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
    );
  },
  pretend(folder, applied) {
    const rows = applied.map(({ name }, index) => {
      const hash = createHash('sha256')
        .update(readFileSync(join(folder, `${name}.sql`), 'utf8'))
        .digest('hex');
      return `(${literal(hash)}, ${when(index)})`;
    });
    if (rows.length < 2) return [];
    return [`INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ${rows.slice(1).join(',')}`];
  },
  async run({ resourceArn, secretArn, database, endpoint, region, credentials }, migrationsFolder) {
    const client = new RDSDataClient({ endpoint, region, credentials });
    await migrate(connect(client, { database, secretArn, resourceArn }), { migrationsFolder });
    client.destroy();
  },
};
