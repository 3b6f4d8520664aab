import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, localTest, refusal } from './target.ts';

describe('values of PostgreSQL', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test.each([
    ["'1.2.3.4'::inet", '1.2.3.4'],
    ["'10.0.0.0/8'::cidr", '10.0.0.0/8'],
    ["'[1,10)'::int4range", '[1,10)'],
    ["'[0.5,1)'::numrange", '[0.5,1)'],
  ])('%s is text', async (expression, stringValue) => {
    expect(await api.value(`select ${expression}`)).toEqual({ stringValue });
    expect(await api.value(`select array[${expression}]`)).toEqual({ arrayValue: { stringValues: [stringValue] } });
  });

  test.each([
    ["'08:00:2b:01:02:03'::macaddr", 'MACADDR'],
    ["'[1,2]'::int8range", 'INT8RANGE'],
    ["'[2024-01-01,2024-01-02]'::daterange", 'DATERANGE'],
    ["'[2024-01-01,2024-01-02]'::tsrange", 'TSRANGE'],
  ])('%s is refused', async (expression, name) => {
    expect(await refusal(api.execute(`select ${expression}`))).toBe(
      `UnsupportedResultException: The result contains the unsupported data type ${name}.`,
    );
  });

  test.each(['int2vector', 'oidvector'])('a value of type %s is refused, and no broken JSON', async type => {
    expect(await refusal(api.execute(`select '1 2'::${type}`))).toBe(
      `UnsupportedResultException: The result contains the unsupported data type ${type}.`,
    );
    expect(await api.value(`select ('1 2'::${type})[1]::text`)).toEqual({ stringValue: '2' });
  });

  test.each(["'NaN'::float8", "'Infinity'::float4", "'-Infinity'::float8", "array['NaN'::float8]"])(
    '%s is refused',
    async expression => {
      expect(await refusal(api.execute(`select ${expression}`))).toBe(
        'UnsupportedResultException: NaN and Infinity values are not supported',
      );
    },
  );

  test('JSON is compact, and its strings keep their spaces', async () => {
    const compact = '{"x":0,"y":"a , \\" : b","z":[1,{}]}';
    const document = `'{"x": 0,  "y": "a , \\" : b", "z": [1, {}]}'`;
    expect(await api.value(`select ${document}::jsonb`)).toEqual({ stringValue: compact });
    expect(await api.value(`select ${document}::json`)).toEqual({ stringValue: compact });
    expect(await api.value(`select array['{"a": 1}'::jsonb]`)).toEqual({ arrayValue: { stringValues: ['{"a":1}'] } });
  });

  test.each([
    ["timestamp '2026-09-17 17:08:20.8'", '2026-09-17 17:08:20.800'],
    ["timestamp '2026-09-17 17:08:20'", '2026-09-17 17:08:20'],
    ["timestamptz '2026-09-17 17:08:20.8551+00'", '2026-09-17 17:08:20.855100'],
    ["timestamptz '2026-09-17 17:08:20.000001+02'", '2026-09-17 15:08:20.000001'],
    ["time '17:08:20.85'", '17:08:20.850'],
    ["time '17:08:20'", '17:08:20'],
  ])('a fraction of a second has 0, 3 or 6 digits: %s', async (expression, stringValue) => {
    expect(await api.value(`select ${expression}`)).toEqual({ stringValue });
    expect(await api.value(`select array[${expression}]`)).toEqual({ arrayValue: { stringValues: [stringValue] } });
  });

  test('an oid is text', async () => {
    expect(await api.value('select 26::oid')).toEqual({ stringValue: '26' });
  });

  const refused = 'UnsupportedResultException: The result contains the unsupported data type';

  test('a time with time zone is refused, and a column of type void is empty', async () => {
    expect(await refusal(api.execute("select '12:00:00+02'::timetz"))).toBe(`${refused} TIMETZ.`);
    expect(await api.value('select pg_sleep(0)')).toEqual({ stringValue: '' });
    await api.execute('do $$ begin perform pg_sleep(0); end $$');
  });

  localTest('the other settings of what the sources disagree about', async () => {
    await using other = await contract({ switches: { oid: 'long', timetz: 'returned', voids: 'refused' } });
    expect(await other.value('select 26::oid')).toEqual({ longValue: 26 });
    expect(await other.value("select '12:00:00.5+02'::timetz")).toEqual({ stringValue: '12:00:00.500+02' });
    expect(await refusal(other.execute('select pg_sleep(0)'))).toBe(`${refused} VOID.`);
  });
});

describe('the limit of 1 MiB', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const TOO_LARGE = 'UnsupportedResultException: The result exceeds the size limit 1 MB';
  const several = `md5(n::text)::uuid a, md5((n + 1)::text)::uuid b, md5((n + 2)::text)::uuid c, repeat('x', 20) d, repeat('y', 8) e`;

  test.each([
    ['md5(n::text)::uuid', 24_800, 25_000],
    [several, 6_625, 6_640],
    ["repeat('é', 1000)", 522, 523],
    ['null::text', 174_762, 174_763],
  ])('counts octets of %s', async (columns, rows, tooMany) => {
    const sql = (count: number) => `select ${columns} from generate_series(1, ${count}) n`;
    expect((await api.execute(sql(rows))).records).toHaveLength(rows);
    expect(await refusal(api.execute(sql(tooMany)))).toBe(TOO_LARGE);
  });

  localTest('counts the JSON under the switch', async () => {
    await using other = await contract({ switches: { resultSize: 'json' } });
    const sql = (count: number) => `select md5(n::text)::uuid from generate_series(1, ${count}) n`;
    expect((await other.execute(sql(17_000))).records).toHaveLength(17_000);
    expect(await refusal(other.execute(sql(24_800)))).toBe(TOO_LARGE);
  });
});
