import { expect, test } from 'vitest';
import { bench } from '../support/migrations.ts';

test('a failed migration that was one transaction has no statement to resolve', async () => {
  const at = await bench();
  const files = { '001_a': 'CREATE TABLE a (id int);\nSELECT 1/0;' };
  expect((await at.up(files)).outcome).toBe('failed');
  await expect(at.resolve(files, '001_a', 1, 'done')).rejects.toMatchObject({ code: 'not-there' });
  const [report] = (await at.status(files)).migrations.filter(({ name }) => name === '001_a');
  expect(report).toMatchObject({ state: 'failed', statementsApplied: 0 });
  expect((await at.up({ '001_a': 'CREATE TABLE a (id int);' })).outcome).toBe('applied');
});

test('nobody but the owner may call a function of ours', async () => {
  const at = await bench();
  await at.up({ '001_a': 'SELECT 1;' });
  const ours = `from pg_proc where proname like 'schema_migrations%'`;
  expect(await at.sql(`select proname ${ours} and has_function_privilege('public', oid, 'execute')`)).toEqual([]);
  expect(Number(await at.value(`select count(*) ${ours}`))).toBeGreaterThanOrEqual(8);
});
