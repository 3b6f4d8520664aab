import { request } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { freshLocal } from '../support/postgresql.ts';
import { execute, outcome } from './client.ts';

const JSON_TYPE = { 'content-type': 'application/json', authorization: 'AWS4-HMAC-SHA256 Credential=local' };
const FAULT = JSON.stringify({ fault: 'throttled', times: 0 });

/** The status of a request with exactly these headers; `fetch` would set some of its own. */
function send(url: string, method: string, headers: Record<string, string>, body = ''): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, response => {
      response.resume().on('end', () => resolve(response.statusCode));
    });
    sent.on('error', reject).end(body);
  });
}

test.each([
  ['a foreign Host', { ...JSON_TYPE, host: 'pages.example:8080' }],
  ['a foreign Host of the same port', { ...JSON_TYPE, host: 'PORT' }],
  ['a foreign Origin', { ...JSON_TYPE, origin: 'https://pages.example' }],
  ['the Origin of a file or a sandbox', { ...JSON_TYPE, origin: 'null' }],
  ['an Origin on this machine', { ...JSON_TYPE, origin: 'http://localhost:3000' }],
  ['text/plain', { 'content-type': 'text/plain' }],
  ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['no type', {}],
])('%s: gets 403 and changes nothing', async (_, given: Record<string, string>) => {
  await using local = await freshLocal();
  const headers = given.host === 'PORT' ? { ...given, host: `pages.example:${new URL(local.endpoint).port}` } : given;
  const sql = JSON.stringify({ ...local.target, sql: 'create table made (id int)' });
  expect(await send(`${local.endpoint}/_local/faults`, 'POST', headers, FAULT)).toBe(403);
  expect(await send(`${local.endpoint}/Execute`, 'POST', headers, sql)).toBe(403);
  expect(local.log.entries).toEqual([]);
  expect(await outcome(execute(local, 'select 1'))).toBe('ok');
  expect((await local.raw.query("select to_regclass('made') as made")).rows).toEqual([{ made: null }]);
});

test('a page cannot read or clear the log, or ask what it may send', async () => {
  await using local = await freshLocal();
  await execute(local, 'select 1');
  const origin = { origin: 'https://pages.example' };
  expect(await send(`${local.endpoint}/_local/log`, 'GET', { host: 'pages.example' })).toBe(403);
  expect(await send(`${local.endpoint}/_local/log`, 'DELETE', origin)).toBe(403);
  const preflight = { ...origin, 'access-control-request-method': 'POST' };
  const response = await fetch(`${local.endpoint}/_local/faults`, { method: 'OPTIONS', headers: preflight });
  expect(response.status).toBe(403);
  expect(response.headers.get('access-control-allow-origin')).toBe(null);
  expect(await response.json()).toEqual({
    message: 'The local Data API refuses requests of web pages: it has an Origin (https://pages.example)',
  });
  expect(local.log.entries).toHaveLength(1);
});

test('a request without a Host gets 403', async () => {
  await using local = await freshLocal();
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(new URL(local.endpoint).port), '127.0.0.1', () => {
      socket.write('GET /_local/log HTTP/1.0\r\n\r\n');
    });
    socket.once('data', data => resolve(String(data))).once('error', reject);
    socket.on('end', () => socket.end());
  });
  expect(answer).toMatch(/^HTTP\/1\.1 403 /);
});

test('programs on this machine get an answer, by either of its names', async () => {
  await using local = await freshLocal();
  const { port } = new URL(local.endpoint);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`])
    expect(await send(`${local.endpoint}/_local/log`, 'GET', { host })).toBe(200);
  expect(await send(`${local.endpoint}/_local/faults`, 'POST', JSON_TYPE, FAULT)).toBe(200);
  expect(await outcome(execute(local, 'select 1'))).toMatch(/^ThrottlingException/);
});
