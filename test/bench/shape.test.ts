import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { Databases } from '../../bench/service/databases.ts';
import { mysqlDatabases } from '../../bench/service/mysql.ts';
import { postgresqlDatabases } from '../../bench/service/postgresql.ts';
import { describeMysql } from '../support/mysql.ts';

/** That all contestants left the same is only known as far as this looks. */
const suite = (open: () => Promise<Databases>) => {
  const [database, copy] = [`bench_shape_${process.pid}`, `bench_shape_${process.pid}_run`];
  const made = [
    'CREATE TABLE things (id int PRIMARY KEY, name varchar(80))',
    "INSERT INTO things VALUES (1, 'one'), (2, 'two')",
    'CREATE TABLE schema_migrations (name varchar(80))',
  ];
  let databases: Databases;

  beforeAll(async () => {
    databases = await open();
    await databases.create(database);
    await databases.sql(made, database);
  });
  afterAll(() => databases.drop(database));

  /** Whether a copy in which this was done still has the same shape. */
  const same = async (...statements: string[]) => {
    await databases.create(copy, database);
    try {
      await databases.sql(statements, copy);
      return (await databases.shape(copy)) === (await databases.shape(database));
    } finally {
      await databases.drop(copy);
    }
  };

  test.each([
    ['a row more', "INSERT INTO things VALUES (3, 'three')"],
    ['another value', "UPDATE things SET name = 'other' WHERE id = 1"],
    ['a column more', 'ALTER TABLE things ADD COLUMN more int'],
    ['an index more', 'CREATE INDEX things_name ON things (name)'],
    ['a unique index more', 'CREATE UNIQUE INDEX things_name ON things (name)'],
    ['a table more', 'CREATE TABLE others (id int)'],
  ])('%s is another shape', async (_, statement) => {
    expect(await same(statement)).toBe(false);
  });

  test('the order of rows and the tables of the tools are not', async () => {
    const turned = ['DELETE FROM things WHERE id = 1', "INSERT INTO things VALUES (1, 'one')"];
    expect(await same(...turned, "INSERT INTO schema_migrations VALUES ('x')")).toBe(true);
  });
};

// As superuser, past the Data API: it copies databases.
describe('what a run leaves, on PostgreSQL', () => suite(() => postgresqlDatabases(inject('postgresUrl'))));
// As root, for the same.
describeMysql('what a run leaves, on MySQL', () => suite(() => mysqlDatabases(inject('mysqlUrl'))));
