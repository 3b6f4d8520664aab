import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import knexLib, { type Knex } from 'knex';
import { expect } from 'vitest';
import type { Client, Target } from '../client.ts';
import { testLibrary } from '../contract.ts';
import { createSamples, SAMPLE } from '../tables.ts';

const { postgres, mysql } = createRequire(import.meta.url)('knex-aurora-data-api-client');

function open({ endpoint, region, credentials, resourceArn, secretArn, database, engine }: Target): Client {
  const options = { endpoint, credentials, sslEnabled: false };
  const db = knexLib.knex({
    client: engine === 'mysql' ? mysql : postgres,
    connection: { resourceArn, secretArn, database, region, options } as object,
    migrations: { migrationSource: migrationSource(engine) },
  });
  // MySQL returns no columns, but the id by itself.
  const insert = (title: string, within: Knex = db): PromiseLike<unknown[]> =>
    engine === 'mysql' ? within('notes').insert({ title }) : within('notes').insert({ title }, ['id']);
  return {
    migrate: () => db.migrate.latest(),
    async insert(title) {
      const [row] = await insert(title);
      return typeof row === 'number' ? row : (row as { id: number }).id;
    },
    async insertBatch(titles) {
      await db('notes').insert(titles.map(title => ({ title })));
    },
    insertInTransaction: titles =>
      db.transaction(async within => {
        for (const title of titles) await insert(title, within);
      }),
    async rename(title, to) {
      await db('notes').where({ title }).update({ title: to });
    },
    async remove(title) {
      await db('notes').where({ title }).del();
    },
    async titles() {
      const rows = await db('notes').select('title');
      return rows.map(({ title }) => title as string).sort();
    },
    async sample() {
      // Bytes it would write as JSON.
      const bytes = db.raw(engine === 'mysql' ? "x'00017fff'" : "'\\x00017fff'::bytea");
      const document = JSON.stringify(SAMPLE.document);
      await db('samples').insert({ ...SAMPLE, label: label(engine), document, bytes });
      return db('samples').first();
    },
    errorOf(thrown) {
      const { code, message } = thrown as { code: string; message: string };
      return { name: code, message };
    },
    close: () => db.destroy(),
  };
}

function migrationSource(engine: Target['engine']): Knex.MigrationSource<string> {
  const migrations: Record<string, Knex.Migration> = {
    '1_notes': {
      up: db =>
        db.schema.createTable('notes', table => {
          table.increments('id');
          table.string('title', 80).notNullable().unique();
        }),
      down: async () => {},
    },
    '2_samples': { up: db => db.raw(createSamples(engine)), down: async () => {} },
  };
  return {
    getMigrations: async () => Object.keys(migrations),
    getMigrationName: name => name,
    getMigration: async name => migrations[name]!,
  };
}

/**
 * It writes values into the statement, on MySQL with `\\'` for an apostrophe. Whether the service's scanner knows that is not known: behind one it
 * may take `:here` for a parameter.
 */
const label = (engine: Target['engine']) => (engine === 'mysql' ? SAMPLE.label.replace("'", '’') : SAMPLE.label);

const read: Readonly<Record<string, unknown>> = { ...SAMPLE, at: new Date(`${SAMPLE.at}Z`) };

// On PostgreSQL it parses `json` and keeps a date as text, on MySQL the other way round.
const document = expect.toSatisfy(text => isDeepStrictEqual(JSON.parse(text), SAMPLE.document));

testLibrary({
  name: 'knex-aurora-data-api-client',
  open,
  reads: { postgresql: read, mysql: { ...read, day: new Date(SAMPLE.day), document, label: label('mysql') } },
});
