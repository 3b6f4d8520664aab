import { expect, test } from 'vitest';
import { freshLocal } from '../support/postgresql.ts';
import { execute, outcome } from './client.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

test('faults and log are within reach of other processes', async () => {
  await using local = await freshLocal();
  const url = (path: string) => `${local.endpoint}/_local/${path}`;
  const installed = await fetch(url('faults'), {
    method: 'POST',
    headers: JSON_TYPE,
    body: JSON.stringify([
      { fault: 'throttled', pattern: '^select' },
      { fault: 'opaque', sql: 'select 2' },
    ]),
  });
  expect(await installed.json()).toEqual({ installed: 2 });
  expect(await outcome(execute(local, 'select 1'))).toMatch(/^ThrottlingException/);
  await fetch(url('faults'), { method: 'DELETE' });
  expect(await outcome(execute(local, 'select 2'))).toBe('ok');
  expect(await (await fetch(url('log'))).json()).toMatchObject([
    { sql: 'select 1', outcome: 'ThrottlingException', faults: ['throttled before'] },
    { sql: 'select 2', outcome: 'ok', faults: [] },
  ]);
  await fetch(url('log'), { method: 'DELETE' });
  expect(local.log.entries).toEqual([]);
});

test('what is not known is said', async () => {
  await using local = await freshLocal();
  const post = (body: string) => fetch(`${local.endpoint}/_local/faults`, { method: 'POST', headers: JSON_TYPE, body });
  expect((await post('{"fault": "nonsense"}')).status).toBe(400);
  expect((await post('{')).status).toBe(400);
  expect((await fetch(`${local.endpoint}/_local/nothing`)).status).toBe(404);
  expect((await fetch(`${local.endpoint}/ExecuteSql`, { method: 'POST', headers: JSON_TYPE, body: '{}' })).status).toBe(
    404,
  );
});
