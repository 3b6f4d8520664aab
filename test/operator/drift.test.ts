import { afterAll, beforeAll, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
import { type FreshLocal, freshLocal } from '../support/postgresql.ts';

inTemporaryFolder();
let local: FreshLocal;

beforeAll(async () => {
  local = await freshLocal();
  folder('sql', {
    '001_a.sql': 'CREATE TABLE a (id int);\n',
    '002_b.sql': 'CREATE TABLE b (id int);\n-- migrate:down\nDROP TABLE b;\n',
  });
});
afterAll(() => local.stop());

const call = async (...argv: string[]) =>
  JSON.parse((await run([...argv, '--json', '--url', local.postgresUrl, '--dir', 'sql'])).stdout);

test('what `up` and `down` leave is no drift, what others do is', async () => {
  await call('up');
  expect(await call('verify')).toMatchObject({ sound: true, drift: false });
  await call('down');
  expect(await call('verify')).toMatchObject({ drift: false, findings: [{ code: 'reverted', migration: '002_b' }] });
  await call('up');
  await local.raw.query('create index by_hand on a (id)');
  expect(await call('verify')).toMatchObject({ sound: false, drift: true, driftIn: ['index'] });
});
