import { expect, test } from 'vitest';
import { type FreshLocal, freshLocal } from '../support/postgresql.ts';

/** A request without an SDK in between: what goes over the wire. */
async function post(local: FreshLocal, path: string, body: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(local.endpoint + path, {
    method: 'POST',
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=local', 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, type: response.headers.get('x-amzn-errortype'), text: await response.text() };
}

test('a bigint is a longer number than JavaScript has', async () => {
  await using local = await freshLocal();
  const { text } = await post(local, '/Execute', {
    ...local.target,
    sql: 'select 9223372036854775807, array[-9223372036854775808]',
  });
  expect(text).toContain('{"longValue":9223372036854775807}');
  expect(text).toContain('{"longValues":[-9223372036854775808]}');
  // Written by hand, because here a number of JavaScript would be rounded before it is sent.
  const sql = `select :p::text || ':"longValue":1234567890123456789}'`;
  const body = JSON.stringify({ ...local.target, sql, parameters: [{ name: 'p', value: { longValue: 1 } }] });
  const answer = await post(local, '/Execute', body.replace('"longValue":1}', '"longValue":9223372036854775807}'));
  expect(JSON.parse(answer.text).records).toEqual([
    [{ stringValue: '9223372036854775807:"longValue":1234567890123456789}' }],
  ]);
});

test('numbers that JSON has no word for are refused', async () => {
  await using local = await freshLocal();
  const { text } = await post(local, '/Execute', { ...local.target, sql: "select 'NaN'::float8, '-Infinity'::float4" });
  expect(text).toBe('{"message":"NaN and Infinity values are not supported"}');
});

test('errors carry their name in a header', async () => {
  await using local = await freshLocal();
  expect(await post(local, '/Execute', { ...local.target, sql: 'selekt' })).toEqual({
    status: 400,
    type: 'DatabaseErrorException:http://internal.amazon.com/coral/com.amazon.rdsdataservice/',
    text: '{"message":"ERROR: syntax error at or near \\"selekt\\"; Position: 1; SQLState: 42601"}',
  });
  expect(await post(local, '/CommitTransaction', { ...local.target, transactionId: 'x' })).toMatchObject({
    status: 404,
    type: expect.stringMatching(/^TransactionNotFoundException:/),
  });
});

test('malformed requests are refused, unsigned ones too', async () => {
  await using local = await freshLocal();
  expect(await post(local, '/Execute', '{')).toMatchObject({
    status: 400,
    type: expect.stringMatching(/^SerializationException:/),
    text: expect.stringContaining('Invalid JSON: '),
  });
  expect(await post(local, '/Execute', [])).toMatchObject({ status: 400, type: expect.stringMatching(/^Validation/) });
  expect(await post(local, '/Execute', { ...local.target })).toMatchObject({ status: 400 });
  const unsigned = await fetch(`${local.endpoint}/Execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  expect(unsigned.status).toBe(403);
  expect(await unsigned.json()).toEqual({ message: 'Missing Authentication Token' });
  const large = await post(local, '/Execute', { ...local.target, sql: `select '${'x'.repeat(4_194_304)}'` });
  expect(large).toMatchObject({ status: 413, text: '{"message":"Request size exceeded 4 MiB"}' });
  const { target } = local;
  for (const parameters of [
    [{ name: 'p' }],
    [{ value: { longValue: 1 } }],
    [{ name: 'p', value: { longValue: 1.5 } }],
    [{ name: 'p', value: { longValue: 1, stringValue: '1' } }],
    [{ name: 'p', value: { stringValue: '1' }, typeHint: 'NUMBER' }],
  ]) {
    expect(await post(local, '/Execute', { ...target, sql: 'select :p', parameters })).toMatchObject({
      status: 400,
      type: expect.stringMatching(/^ValidationException:/),
    });
  }
});

test('a client that goes away stops nothing', async () => {
  await using local = await freshLocal();
  await local.raw.query('create table t (id int)');
  const aborted = new AbortController();
  // It goes away when its request has surely arrived.
  local.faults.before({ sql: 'insert' }, () => void setTimeout(() => aborted.abort(), 50));
  const call = fetch(`${local.endpoint}/Execute`, {
    method: 'POST',
    headers: { authorization: 'x', 'content-type': 'application/json' },
    signal: aborted.signal,
    body: JSON.stringify({ ...local.target, sql: 'insert into t select 1 from pg_sleep(1)' }),
  });
  await expect(call).rejects.toThrow();
  expect((await local.raw.query('select from t')).rowCount).toBe(0);
  await expect.poll(async () => (await local.raw.query('select from t')).rowCount, { timeout: 10_000 }).toBe(1);
});
