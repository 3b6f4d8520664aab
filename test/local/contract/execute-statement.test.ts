import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, refusal } from './target.ts';

describe('ExecuteStatement', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test('returns rows in order, without metadata', async () => {
    const { records, columnMetadata, numberOfRecordsUpdated } = await api.execute("values (1, 'a'), (2, null)");
    expect(records).toEqual([
      [{ longValue: 1 }, { stringValue: 'a' }],
      [{ longValue: 2 }, { isNull: true }],
    ]);
    expect(columnMetadata).toBeUndefined();
    expect(numberOfRecordsUpdated).toBe(0);
  });

  test('counts changed rows, and commits each statement by itself', async () => {
    const table = api.table();
    const created = await api.execute(`create table ${table} (id int primary key, name text)`);
    expect(created.records).toBeUndefined();
    expect(created.numberOfRecordsUpdated).toBe(0);
    expect((await api.execute(`insert into ${table} values (1, 'a'), (2, 'b')`)).numberOfRecordsUpdated).toBe(2);
    expect((await api.execute(`update ${table} set name = 'c'`)).numberOfRecordsUpdated).toBe(2);
    expect((await api.execute(`delete from ${table} where id = 1`)).numberOfRecordsUpdated).toBe(1);
    expect(await api.value(`select name from ${table}`)).toEqual({ stringValue: 'c' });
  });

  test('gives the rows of INSERT … RETURNING', async () => {
    const table = api.table();
    await api.execute(`create table ${table} (id serial primary key)`);
    const { records, generatedFields } = await api.execute(`insert into ${table} default values returning id`);
    expect(records).toEqual([[{ longValue: 1 }]]);
    expect(generatedFields ?? []).toEqual([]);
  });

  test('runs what cannot run in a transaction', async () => {
    const table = api.table();
    await api.execute(`create table ${table} (id int)`);
    await api.execute(`create index concurrently ${table}_index on ${table} (id)`);
    await api.execute(`vacuum ${table}`);
    expect(
      await api.value(
        `select i.indisvalid from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname = '${table}_index'`,
      ),
    ).toEqual({ booleanValue: true });
  });

  test('takes one statement, with a semicolon or a comment after it', async () => {
    expect(await api.value('select 1;')).toEqual({ longValue: 1 });
    expect(await api.value('select 1; -- done')).toEqual({ longValue: 1 });
    expect(await refusal(api.execute('select 1; select 2'))).toBe(
      "ValidationException: Multistatements aren't supported.",
    );
  });

  test('runs none of several statements', async () => {
    const table = api.table();
    await refusal(api.execute(`create table ${table} (); select 1`));
    expect(await api.value(`select to_regclass('${table}') is null`)).toEqual({ booleanValue: true });
  });

  test('describes columns on demand', async () => {
    const table = api.table();
    await api.execute(`create table ${table} (id serial primary key, price numeric(10, 2), name varchar(20) not null)`);
    const { columnMetadata } = await api.execute(`select id, price, name as label, 1 + 1 from ${table}`, {
      includeResultMetadata: true,
    });
    expect(columnMetadata).toMatchObject([
      { name: 'id', label: 'id', typeName: 'serial', tableName: table, nullable: 0, isSigned: true },
      { label: 'price', typeName: 'numeric', precision: 10, scale: 2, nullable: 1 },
      { label: 'label', typeName: 'varchar', precision: 20, nullable: 0 },
      { label: '?column?', typeName: 'int4' },
    ]);
  });

  test('formats records as JSON', async () => {
    const { formattedRecords, records, columnMetadata } = await api.execute(
      "select 1 as id, 'a\"b' as name, null as nothing, true as yes, 1.50 as price, array[1, 2] as list",
      { formatRecordsAs: 'JSON', includeResultMetadata: true },
    );
    expect(JSON.parse(formattedRecords ?? '')).toMatchObject([
      { id: 1, name: 'a"b', nothing: null, yes: true, list: [1, 2] },
    ]);
    expect(records).toBeUndefined();
    expect(columnMetadata).toBeUndefined();
    await expect(api.execute('select 1 as a, 2 as a', { formatRecordsAs: 'JSON' })).rejects.toThrow();
  });

  test('refuses the schema parameter', async () => {
    expect(await refusal(api.execute('select 1', { schema: 'public' }))).toBe(
      "ValidationException: The schema parameter isn't supported",
    );
  });
});
