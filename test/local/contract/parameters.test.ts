import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, localTest, refusal } from './target.ts';

describe('names of parameters', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const unit = [{ name: 'unit', value: { stringValue: 'day' } }];
  const grouped = `select date_trunc(:unit, at), count(*) from (values (now())) e(at) group by date_trunc(:unit, at)`;

  test('each place of a name is a parameter of its own', async () => {
    expect(await refusal(api.execute(grouped, { parameters: unit }))).toMatch(/SQLState: 42803$/);
    const a = [{ name: 'a', value: { longValue: 1 } }];
    expect(await api.value('select (:a + :a)::int', { parameters: a })).toEqual({ longValue: 2 });
    expect(await api.value('select :0::text', { parameters: [{ name: '0', value: { stringValue: 'x' } }] })).toEqual({
      stringValue: 'x',
    });
  });

  localTest('or all are one, under the switch', async () => {
    await using shared = await contract({ switches: { repeatedNames: 'shared' } });
    expect((await shared.execute(grouped, { parameters: unit })).records).toHaveLength(1);
    expect(await shared.value('select $tag$:a, :b, :a$tag$')).toEqual({ stringValue: '$1, $2, $1' });
  });

  test.each(['/slashes/', 'q?marks', 'mäil', '$1', '', 'a-b', 'a b'])('%j is no name', async name => {
    const parameters = [{ name, value: { stringValue: 'x' } }];
    const refused = `ValidationException: Named parameter syntax is invalid, input: ${name}`;
    expect(await refusal(api.execute('select 1', { parameters }))).toBe(refused);
    expect(await refusal(api.batch('select 1', { parameterSets: [parameters] }))).toBe(refused);
  });

  test('ARNs may have more than 100 characters', async () => {
    const secretArn = `arn:aws:secretsmanager:us-east-1:000000000000:secret:${'LongNameOfAGeneratedSecret'.repeat(4)}`;
    expect(secretArn.length).toBeGreaterThan(128);
    expect(await refusal(api.execute('select 1', { secretArn }))).not.toMatch(/^ValidationException/);
  });
});

describe('type hints of PostgreSQL', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test.each([
    ['TIME', '09:00', 'Parse Error for Time: premature end of input'],
    ['TIME', '9:00:00', 'Parse Error for Time: input contains invalid characters'],
    ['TIME', '24:00:00', 'Parse Error for Time: input is out of range'],
    ['TIME', '09:00:00+02', 'Parse Error for Time: trailing input'],
    ['DATE', '2024-02-30', 'Parse Error for Date: input is out of range'],
    ['DATE', '2024-02-03 00:00:00', 'Parse Error for Date: trailing input'],
    ['TIMESTAMP', '2024-01-15T12:34:56Z', 'Parse Error for Timestamp: input contains invalid characters'],
    ['TIMESTAMP', '2024-01-15', 'Parse Error for Timestamp: premature end of input'],
  ] as const)('a value of hint %s cannot be %j', async (typeHint, stringValue, problem) => {
    const parameters = [{ name: 'p', value: { stringValue }, typeHint }];
    expect(await refusal(api.execute('select :p', { parameters }))).toBe(`ValidationException: ${problem}`);
  });

  test.each([
    ['TIME', '23:59:59.123456', '23:59:59.123456'],
    ['DATE', '2024-02-29', '2024-02-29'],
    ['TIMESTAMP', '12024-02-29 00:00:00.5', '12024-02-29 00:00:00.500'],
  ] as const)('a value of hint %s can be %j', async (typeHint, given, stringValue) => {
    const parameters = [{ name: 'p', value: { stringValue: given }, typeHint }];
    expect(await api.value('select :p', { parameters })).toEqual({ stringValue });
  });
});
