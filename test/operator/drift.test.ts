import { describe, expect, test } from 'vitest';
import { postgresqlSchema } from '../../lib/engine/postgresql/schema/index.ts';
import { migrate, revert } from '../../lib/runner/index.ts';
import { verify } from '../../lib/runner/verify.ts';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
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
  await at.sql('alter table a add n int');
  await at.sql('drop table b');
  expect(await verify(options)).toMatchObject({
    sound: false,
    drift: true,
    driftIn: ['index', 'table'],
    driftOf: [
      { kind: 'index', name: 'public.by_hand', change: 'added' },
      { kind: 'table', name: 'public.a', change: 'changed' },
      { kind: 'table', name: 'public.b', change: 'removed' },
    ],
    findings: [
      {
        code: 'drift',
        message:
          'The schema has drifted since the last run: index public.by_hand was added, table public.a was changed, table public.b was removed',
      },
    ],
  });
});

describe('by command line, what leaves the schema another leaves its fingerprint', () => {
  inTemporaryFolder();
  const FILES = {
    '001_a.sql': 'CREATE TABLE a (id int);\n',
    '002_b.sql': '-- migrate:up\nCREATE TABLE b (id int);\n-- migrate:down\nDROP TABLE b;\n',
  };

  test('up, down, baseline', async () => {
    const at = await bench();
    const call = async (...argv: string[]) => run([...argv, '--url', at.url, '--dir', folder('sql', FILES), '--json']);
    const drift = async () => JSON.parse((await call('verify')).stdout) as { drift: boolean | null; notes: string[] };
    await call('up');
    expect(await drift()).toMatchObject({ drift: false, notes: [] });
    await call('down');
    expect(await drift()).toMatchObject({ drift: false });
    await at.sql('create table b (id int)');
    expect(await drift()).toMatchObject({ drift: true });
    await call('baseline', '--to', '002');
    expect(await drift()).toMatchObject({ drift: false });
  });
});

test('so does a run that fails on its way, statement by statement', async () => {
  const at = await bench();
  const half = { ...files, '003_c': '-- migrate:up transaction:false\nCREATE TABLE c (id int);\nSELECT 1/0;' };
  const schema = postgresqlSchema();
  await migrate({ ...(await at.runner(files)), requestedBy: 'test', schema });
  const options = { ...(await at.runner(half)), requestedBy: 'test', schema };
  expect(await migrate(options)).toMatchObject({ outcome: 'failed' });
  expect(await verify(options)).toMatchObject({ drift: false });
});

test('so does one that is told to stop', async () => {
  const at = await bench();
  const schema = postgresqlSchema();
  await migrate({ ...(await at.runner({ '001_a': files['001_a'] })), requestedBy: 'test', schema });
  const ending = new AbortController();
  const on = ({ event }: { event: string }) => event === 'applied' && ending.abort();
  const more = { ...files, '003_c': 'CREATE TABLE c (id int);' };
  const options = { ...(await at.runner(more)), requestedBy: 'test', schema };
  expect(await migrate({ ...options, on, signal: ending.signal })).toMatchObject({ outcome: 'stopped' });
  expect(await verify(options)).toMatchObject({ drift: false });
});

test('a run without a reader of schemas leaves the fingerprint alone, and costs N + 2 calls, and two for the tables', async () => {
  const at = await bench();
  const options = { ...(await at.runner(files)), requestedBy: 'test' };
  expect((await migrate(options)).dataApiCalls).toBe(2 + 4);
  expect(await verify({ ...options, schema: postgresqlSchema() })).toMatchObject({ drift: null });
});
