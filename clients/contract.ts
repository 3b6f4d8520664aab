import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Local, startLocal } from '../lib/local/index.ts';
import { describeMysql, freshMysql, mysqlMasterUrl } from '../test/support/mysql.ts';
import { freshDatabase } from '../test/support/postgresql.ts';
import { until } from '../test/support/until.ts';
import type { Client, Engine, Target } from './client.ts';

/** A client library, opened for an engine, and what it reads of the row `SAMPLE`. */
export interface Library {
  readonly name: string;
  readonly open: (target: Target) => Client | Promise<Client>;
  /** Engines that it has, each with the row of `samples` as the library returns it. */
  readonly reads: Readonly<Partial<Record<Engine, Readonly<Record<string, unknown>>>>>;
}

/** The same tests for every library, on each engine that it has. */
export function testLibrary({ name, open, reads }: Library): void {
  for (const [engine, sample] of Object.entries(reads) as [Engine, Record<string, unknown>][]) {
    const suite = engine === 'mysql' ? describeMysql : describe;
    suite(`${name} on ${engine}`, () => testOn(engine, open, sample));
  }
}

function testOn(engine: Engine, open: Library['open'], sample: Readonly<Record<string, unknown>>): void {
  let server: Awaited<ReturnType<typeof openLocal>>;
  let client: Client;
  beforeAll(async () => {
    server = await openLocal(engine);
    client = await open({ ...server.local, engine });
    await client.migrate();
  });
  afterAll(async () => {
    await client?.close();
    await server?.stop();
  });

  test('its migrator creates the tables once', async () => {
    await client.migrate();
    const created = server.local.log.entries.filter(({ sql }) => /^\s*create table\s+\S*notes\b/i.test(sql ?? ''));
    expect(created.map(({ outcome }) => outcome)).toEqual(['ok']);
  });

  test('an insert returns the id that the database gave', async () => {
    const first = await client.insert('first');
    expect(first).toBeGreaterThan(0);
    expect(await client.insert('second')).toBe(first + 1);
  });

  test('a batch', async () => {
    await client.insertBatch(['third', 'fourth', 'fifth']);
    expect(await client.titles()).toEqual(expect.arrayContaining(['third', 'fourth', 'fifth']));
  });

  test('update and delete', async () => {
    await client.insertBatch(['to rename', 'to remove']);
    await client.rename('to rename', 'renamed');
    await client.remove('to remove');
    const titles = await client.titles();
    expect(titles).toContain('renamed');
    expect(titles.filter(title => title.startsWith('to '))).toEqual([]);
  });

  test('a transaction is committed', async () => {
    await client.insertInTransaction(['committed 1', 'committed 2']);
    expect(await client.titles()).toEqual(expect.arrayContaining(['committed 1', 'committed 2']));
    expect(server.local.openTransactions()).toBe(0);
  });

  test('a duplicate key is an error of the service, and rolls a transaction back', async () => {
    await client.insert('taken');
    const thrown = await client.insertInTransaction(['rolled back', 'taken']).catch(error => error);
    const { name, message } = client.errorOf(thrown);
    expect(name).toBe('DatabaseErrorException');
    expect(message).toMatch(engine === 'mysql' ? /Duplicate entry 'taken'/ : /duplicate key value.*SQLState: 23505/);
    // Knex does not wait for its rollback.
    await until('the end of the transaction', () => server.local.openTransactions() === 0);
    expect(await client.titles()).not.toContain('rolled back');
  });

  test('types', async () => {
    expect(await client.sample()).toEqual(sample);
  });
}

/** A local Data API over an empty database, with the rights of Aurora's master user. */
async function openLocal(engine: Engine): Promise<{ readonly local: Local; stop(): Promise<void> }> {
  const database = engine === 'mysql' ? await freshMysql(false) : await freshDatabase();
  const url = 'url' in database ? database.url : mysqlMasterUrl;
  const local = await startLocal({ engine, url, database: database.name });
  return {
    local,
    async stop() {
      await local.stop();
      await ('drop' in database ? database.drop() : database.stop());
    },
  };
}
