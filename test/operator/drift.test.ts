import { expect, test } from 'vitest';
import { postgresqlSchema } from '../../lib/engine/postgresql/schema/index.ts';
import { migrate, revert } from '../../lib/runner/index.ts';
import { verify } from '../../lib/runner/verify.ts';
import { bench } from '../support/migrations.ts';

const files = {
  '001_a': 'CREATE TABLE a (id int);',
  '002_b': '-- migrate:up\nCREATE TABLE b (id int);\n-- migrate:down\nDROP TABLE b;',
};

test('what a run and an undoing leave is no drift, what others do is', async () => {
  const at = await bench();
  const options = { ...(await at.runner(files)), requestedBy: 'test', schema: postgresqlSchema() };
  await migrate(options);
  expect(await verify(options)).toMatchObject({ sound: true, drift: false });
  await revert({ ...options, what: { steps: 1 } });
  expect(await verify(options)).toMatchObject({ drift: false, findings: [{ code: 'reverted', migration: '002_b' }] });
  await migrate(options);
  await at.sql('create index by_hand on a (id)');
  expect(await verify(options)).toMatchObject({ sound: false, drift: true, driftIn: ['index'] });
});

test('a run without a reader of schemas leaves the fingerprint alone, and costs N + 2 calls, and two for the tables', async () => {
  const at = await bench();
  const options = { ...(await at.runner(files)), requestedBy: 'test' };
  expect((await migrate(options)).dataApiCalls).toBe(2 + 4);
  expect(await verify({ ...options, schema: postgresqlSchema() })).toMatchObject({ drift: null });
});
