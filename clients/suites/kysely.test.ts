import { RDSData } from '@aws-sdk/client-rds-data';
import { type Generated, Kysely, type Migration, Migrator, sql } from 'kysely';
import { DataApiDialect } from 'kysely-data-api';
import type { Client, Target } from '../client.ts';
import { testLibrary } from '../contract.ts';
import { createSamples, SAMPLE } from '../tables.ts';

interface Tables {
  notes: { id: Generated<number>; title: string };
  samples: Record<keyof typeof SAMPLE, unknown>;
}

function open({ endpoint, region, credentials, resourceArn, secretArn, database, engine }: Target): Client {
  const client = new RDSData({ endpoint, region, credentials });
  const mode = engine === 'mysql' ? 'mysql' : 'postgres';
  const db = new Kysely<Tables>({
    dialect: new DataApiDialect({ mode, driver: { client, resourceArn, secretArn, database } }),
  });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations(engine) } });
  return {
    async migrate() {
      const { error } = await migrator.migrateToLatest();
      if (error) throw error;
    },
    async insert(title) {
      const insert = db.insertInto('notes').values({ title });
      if (engine === 'mysql') return Number((await insert.executeTakeFirstOrThrow()).insertId);
      return (await insert.returning('id').executeTakeFirstOrThrow()).id;
    },
    async insertBatch(titles) {
      await db
        .insertInto('notes')
        .values(titles.map(title => ({ title })))
        .execute();
    },
    insertInTransaction: titles =>
      db.transaction().execute(async within => {
        for (const title of titles) await within.insertInto('notes').values({ title }).execute();
      }),
    async rename(title, to) {
      await db.updateTable('notes').set({ title: to }).where('title', '=', title).execute();
    },
    async remove(title) {
      await db.deleteFrom('notes').where('title', '=', title).execute();
    },
    async titles() {
      const rows = await db.selectFrom('notes').select('title').execute();
      return rows.map(({ title }) => title).sort();
    },
    async sample() {
      await db.insertInto('samples').values(values(engine)).execute();
      return db.selectFrom('samples').selectAll().executeTakeFirstOrThrow();
    },
    errorOf: thrown => thrown as Error,
    async close() {
      await db.destroy();
      client.destroy();
    },
  };
}

function migrations(engine: Target['engine']): Record<string, Migration> {
  return {
    '1_notes': {
      up: db =>
        db.schema
          .createTable('notes')
          .addColumn('id', engine === 'mysql' ? 'integer' : 'serial', column =>
            engine === 'mysql' ? column.autoIncrement().primaryKey() : column.primaryKey(),
          )
          .addColumn('title', 'varchar(80)', column => column.notNull().unique())
          .execute(),
    },
    '2_samples': { up: async db => void (await sql.raw(createSamples(engine)).execute(db)) },
  };
}

/** It binds texts as texts, which PostgreSQL does not take for other types. */
function values(engine: Target['engine']): Tables['samples'] {
  const { amount, day, at } = SAMPLE;
  const document = JSON.stringify(SAMPLE.document);
  if (engine === 'mysql') return { ...SAMPLE, document };
  return {
    ...SAMPLE,
    document: sql`${document}::jsonb`,
    amount: sql`${amount}::numeric`,
    day: sql`${day}::date`,
    at: sql`${at}::timestamp`,
  };
}

const read = { ...SAMPLE, day: new Date(SAMPLE.day), bytes: new Uint8Array(SAMPLE.bytes) };

// It makes a date of a TIMESTAMP (as local time: the service's texts have no zone), but not of a DATETIME.
testLibrary({
  name: 'kysely-data-api',
  open,
  // Its migrator takes its lock by a function that returns void, and was made to work on Serverless v2:
  // https://github.com/anomalyco/kysely-data-api/pull/38
  reads: { postgresql: { ...read, at: new Date(SAMPLE.at) }, mysql: read },
});
