import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RDSDataClient } from '@aws-sdk/client-rds-data';
import { asc, eq, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/aws-data-api/pg';
import { migrate } from 'drizzle-orm/aws-data-api/pg/migrator';
import {
  bigint,
  boolean,
  customType,
  date,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgTable,
  serial,
  text,
  timestamp,
  varchar,
} from 'drizzle-orm/pg-core';
import type { Client, Target } from '../client.ts';
import { testLibrary } from '../contract.ts';
import { createNotes, createSamples, SAMPLE } from '../tables.ts';

const bytea = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' });

const notes = pgTable('notes', { id: serial().primaryKey(), title: varchar({ length: 80 }).notNull().unique() });

const samples = pgTable('samples', {
  id: integer().primaryKey(),
  big: bigint({ mode: 'number' }),
  amount: numeric({ precision: 12, scale: 4 }),
  ratio: doublePrecision(),
  flag: boolean(),
  label: text(),
  document: jsonb(),
  day: date(),
  at: timestamp({ precision: 3, mode: 'string' }),
  bytes: bytea(),
  nothing: text(),
});

function open({ endpoint, region, credentials, resourceArn, secretArn, database }: Target): Client {
  const client = new RDSDataClient({ endpoint, region, credentials });
  const db = drizzle(client, { resourceArn, secretArn, database });
  const migrationsFolder = writeMigrations();
  return {
    migrate: () => migrate(db, { migrationsFolder }),
    async insert(title) {
      const [row] = await db.insert(notes).values({ title }).returning({ id: notes.id });
      return row!.id;
    },
    async insertBatch(titles) {
      await db.insert(notes).values(titles.map(title => ({ title })));
    },
    insertInTransaction: titles =>
      db.transaction(async within => {
        for (const title of titles) await within.insert(notes).values({ title });
      }),
    async rename(title, to) {
      await db.update(notes).set({ title: to }).where(eq(notes.title, title));
    },
    async remove(title) {
      await db.delete(notes).where(eq(notes.title, title));
    },
    async titles() {
      const rows = await db.select({ title: notes.title }).from(notes).orderBy(asc(notes.title));
      return rows.map(({ title }) => title).sort();
    },
    async sample() {
      // Of bytes it makes no parameter.
      const bytes = sql`decode(${SAMPLE.bytes.toString('hex')}, 'hex')`;
      await db.insert(samples).values({ ...SAMPLE, bytes });
      return (await db.select().from(samples))[0]!;
    },
    errorOf: thrown => (thrown as { cause: Error }).cause,
    async close() {
      client.destroy();
      rmSync(migrationsFolder, { recursive: true });
    },
  };
}

/** The folder as drizzle-kit writes it. */
function writeMigrations(): string {
  const folder = mkdtempSync(join(tmpdir(), 'drizzle-'));
  const files = { '0000_notes': createNotes('postgresql'), '0001_samples': createSamples('postgresql') };
  for (const [tag, sql] of Object.entries(files)) writeFileSync(join(folder, `${tag}.sql`), sql);
  const entries = Object.keys(files).map((tag, idx) => ({
    idx,
    version: '7',
    when: 1000 + idx,
    tag,
    breakpoints: true,
  }));
  mkdirSync(join(folder, 'meta'));
  writeFileSync(
    join(folder, 'meta', '_journal.json'),
    JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
  );
  return folder;
}

// Its driver for the Data API is for PostgreSQL only.
testLibrary({ name: 'drizzle-orm', open, reads: { postgresql: { ...SAMPLE, bytes: new Uint8Array(SAMPLE.bytes) } } });
