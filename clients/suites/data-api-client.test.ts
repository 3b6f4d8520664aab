import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import type { Client, Target } from '../client.ts';
import { testLibrary } from '../contract.ts';
import { COLUMNS, createNotes, createSamples, SAMPLE } from '../tables.ts';

// Version 1, which sends by version 2 of the SDK, and has no types of its own.
const connect = createRequire(import.meta.url)('data-api-client') as (options: object) => DataApiClient;

interface Result {
  readonly insertId?: number;
  readonly records?: Record<string, unknown>[];
}

interface DataApiClient {
  query(sql: string, parameters?: object): Promise<Result>;
  transaction(): Transaction;
}

interface Transaction {
  query(sql: string, parameters?: object): Transaction;
  commit(): Promise<unknown>;
}

function open({ endpoint, region, credentials, resourceArn, secretArn, database, engine }: Target): Client {
  const db = connect({
    engine: engine === 'mysql' ? 'mysql' : 'pg',
    ...{ resourceArn, secretArn, database, region },
    options: { endpoint, credentials, sslEnabled: false },
  });
  const insertNote = 'insert into notes (title) values (:title)';
  let migrated = false;
  return {
    async migrate() {
      if (migrated) return;
      for (const sql of [createNotes(engine), createSamples(engine)]) await db.query(sql);
      migrated = true;
    },
    async insert(title) {
      if (engine === 'mysql') return (await db.query(insertNote, { title })).insertId!;
      return (await db.query(`${insertNote} returning id`, { title })).records![0]!.id as number;
    },
    async insertBatch(titles) {
      await db.query(
        insertNote,
        titles.map(title => [{ title }]),
      );
    },
    async insertInTransaction(titles) {
      const transaction = db.transaction();
      for (const title of titles) transaction.query(insertNote, { title });
      await transaction.commit();
    },
    async rename(title, to) {
      await db.query('update notes set title = :to where title = :title', { title, to });
    },
    async remove(title) {
      await db.query('delete from notes where title = :title', { title });
    },
    async titles() {
      const { records = [] } = await db.query('select title from notes');
      return records.map(({ title }) => String(title)).sort();
    },
    async sample() {
      await db.query(`insert into samples values (${COLUMNS.map(column => `:${column}`)})`, parameters(engine));
      return (await db.query(`select ${COLUMNS} from samples`)).records![0]!;
    },
    errorOf(thrown) {
      const { code, message } = thrown as { code: string; message: string };
      return { name: code, message };
    },
    async close() {},
  };
}

/** It takes hints as casts: `::jsonb` on PostgreSQL only, where text is no number and no date. */
function parameters(engine: Target['engine']): object[] {
  const casts: Record<string, string> = { amount: 'numeric', document: 'jsonb', day: 'date', at: 'timestamp' };
  return COLUMNS.map(name => {
    const value = name === 'document' ? JSON.stringify(SAMPLE.document) : SAMPLE[name];
    const cast = engine === 'postgresql' ? casts[name] : undefined;
    return { name, value, ...(cast && { cast }) };
  });
}

const read = { ...SAMPLE, day: new Date(SAMPLE.day), at: new Date(`${SAMPLE.at}Z`) };

// It parses JSON, but not jsonb.
const document = expect.toSatisfy(text => isDeepStrictEqual(JSON.parse(text), SAMPLE.document));

testLibrary({ name: 'data-api-client', open, reads: { postgresql: { ...read, document }, mysql: read } });
