import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, refusal } from './target.ts';

describe('types', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test.each([
    ['true', { booleanValue: true }],
    ['1::int2', { longValue: 1 }],
    ['-2147483648', { longValue: -2147483648 }],
    ['9007199254740991::int8', { longValue: 9007199254740991 }],
    ["'123456.7890'::numeric", { stringValue: '123456.7890' }],
    ['1.5::float8', { doubleValue: 1.5 }],
    ['0.1::float4', { doubleValue: 0.1 }],
    ["'ä\"\\\n'::text", { stringValue: 'ä"\\\n' }],
    ["'x'::char(3)", { stringValue: 'x  ' }],
    ["'n'::name", { stringValue: 'n' }],
    ["'00000000-0000-4000-8000-000000000000'::uuid", { stringValue: '00000000-0000-4000-8000-000000000000' }],
    ["'{\"a\": 1}'::jsonb->'a'", { stringValue: '1' }],
    ["date '2024-01-15'", { stringValue: '2024-01-15' }],
    ["time '12:34:56.5'", { stringValue: '12:34:56.500' }],
    ["timestamp '2024-01-15 12:34:56.789'", { stringValue: '2024-01-15 12:34:56.789' }],
    ["timestamptz '2024-01-15 12:34:56+09'", { stringValue: '2024-01-15 03:34:56' }],
    ["'\\x00ff'::bytea", { blobValue: new Uint8Array([0, 255]) }],
    ['null::int', { isNull: true }],
    ['array[1, 2]', { arrayValue: { longValues: [1, 2] } }],
    ["array['a,b', 'c\"d', '']", { arrayValue: { stringValues: ['a,b', 'c"d', ''] } }],
    ['array[true, false]', { arrayValue: { booleanValues: [true, false] } }],
    ['array[0.5::float8]', { arrayValue: { doubleValues: [0.5] } }],
  ])('%s', async (expression, expected) => {
    const value = await api.value(`select ${expression}`);
    // The SDK makes blobs a subclass of Uint8Array.
    if (value?.blobValue)
      expect(new Uint8Array(value.blobValue)).toEqual((expected as { blobValue: unknown }).blobValue);
    else expect(value).toEqual(expected);
  });

  test('a bigint is exact as text', async () => {
    const resultSetOptions = { longReturnType: 'STRING' } as const;
    expect(await api.value('select 9223372036854775807', { resultSetOptions })).toEqual({
      stringValue: '9223372036854775807',
    });
  });

  test('a numeric is a number on demand', async () => {
    const resultSetOptions = { decimalReturnType: 'DOUBLE_OR_LONG' } as const;
    expect(await api.value('select 1.50::numeric', { resultSetOptions })).toEqual({ doubleValue: 1.5 });
    expect(await api.value('select 42::numeric', { resultSetOptions })).toEqual({ longValue: 42 });
  });

  test('an enum is text', async () => {
    const name = api.table();
    const transactionId = await api.begin();
    await api.execute(`create type ${name} as enum ('on', 'off')`, { transactionId });
    expect(await api.value(`select 'off'::${name}`, { transactionId })).toEqual({ stringValue: 'off' });
    await api.rollback(transactionId);
  });

  test.each([
    ['\'c\'::"char"', '"CHAR"'],
    ["'pg_class'::regclass", 'regclass'],
    ["interval '1 day'", 'INTERVAL'],
    ["'1'::money", 'MONEY'],
    ["'<a/>'::xml", 'XML'],
    ["'(1,2)'::point", 'POINT'],
    ["array['int'::regtype]", 'regtype[]'],
  ])('%s is not supported, but as text', async (expression, name) => {
    expect(await refusal(api.execute(`select ${expression}`))).toBe(
      `UnsupportedResultException: The result contains the unsupported data type ${name}.`,
    );
    expect((await api.value(`select (${expression})::text`))?.stringValue).toBeDefined();
  });

  test('an unsupported type without rows is no error', async () => {
    const { columnMetadata } = await api.execute("select interval '1 day' where false", {
      includeResultMetadata: true,
    });
    expect(columnMetadata?.[0]?.typeName).toBe('interval');
  });

  test('an array of arrays is not supported', async () => {
    expect(await refusal(api.execute('select array[[1], [2]]'))).toBe(
      'UnsupportedResultException: The result contains a multidimensional array',
    );
  });

  test.each(["timestamp 'infinity'", "timestamptz '-infinity'", "date 'infinity'"])('%s fails', async expression => {
    expect(await refusal(api.execute(`select ${expression}`))).toMatch(/^InternalFailure: /);
  });
});

describe('parameters', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  function p(value: object, typeHint?: 'DATE' | 'TIME' | 'TIMESTAMP' | 'UUID' | 'DECIMAL' | 'JSON') {
    return { parameters: [{ name: 'p', value: value as never, ...(typeHint && { typeHint }) }] };
  }

  test('a string is text and nothing else', async () => {
    expect(await api.value('select pg_typeof(:p)::text', p({ stringValue: '1' }))).toEqual({ stringValue: 'text' });
    expect(await refusal(api.execute('select 1 where 1 = :p', p({ stringValue: '1' })))).toMatch(
      /^DatabaseErrorException: ERROR: operator does not exist: integer = text; Hint: No operator matches .*; Position: 18; SQLState: 42883$/,
    );
  });

  test.each([
    ['longValue', { longValue: 7 }, 'bigint', '7'],
    ['doubleValue', { doubleValue: 0.5 }, 'double precision', '0.5'],
    ['booleanValue', { booleanValue: true }, 'boolean', 'true'],
    ['blobValue', { blobValue: new Uint8Array([1, 255]) }, 'bytea', '\\x01ff'],
  ])('%s has a type', async (_, value, type, text) => {
    expect(await api.value("select pg_typeof(:p)::text || ' ' || (:p)::text", p(value))).toEqual({
      stringValue: `${type} ${text}`,
    });
  });

  test('null goes into a column of any type', async () => {
    const table = api.table();
    await api.execute(`create table ${table} (id int, at date)`);
    await api.execute(
      `insert into ${table} values (:p, :p)`.replace(', :p', ", date '2024-01-01'"),
      p({ isNull: true }),
    );
    expect(await api.value(`select id from ${table}`)).toEqual({ isNull: true });
  });

  test.each([
    ['DATE', '2024-01-15', 'date'],
    ['TIME', '12:34:56', 'time without time zone'],
    ['TIMESTAMP', '2024-01-15 12:34:56.789', 'timestamp without time zone'],
    ['UUID', '00000000-0000-4000-8000-000000000000', 'uuid'],
    ['DECIMAL', '1.50', 'numeric'],
  ] as const)('a type hint of %s', async (hint, stringValue, type) => {
    expect(await api.value("select pg_typeof(:p)::text || ' ' || (:p)::text", p({ stringValue }, hint))).toEqual({
      stringValue: `${type} ${stringValue}`,
    });
  });

  test('a type hint of JSON', async () => {
    expect(await api.value("select :p->>'a'", p({ stringValue: '{"a": "b"}' }, 'JSON'))).toEqual({ stringValue: 'b' });
  });

  test('a timestamp with a T is refused', async () => {
    await expect(api.execute('select :p', p({ stringValue: '2024-01-15T12:34:56Z' }, 'TIMESTAMP'))).rejects.toThrow();
  });

  test('arrays are refused', async () => {
    expect(await refusal(api.execute('select :p', p({ arrayValue: { longValues: [1] } })))).toMatch(
      /Array parameters are not supported/,
    );
  });
});
