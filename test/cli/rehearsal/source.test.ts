import { expect, test } from 'vitest';
import { readThrough } from '../../../lib/cli/deployed/reads.ts';
import type { Ask } from '../../../lib/cli/questions.ts';
import { readSource } from '../../../lib/cli/rehearsal/source.ts';
import { MigrationError } from '../../../lib/core/errors.ts';
import { bench } from '../../support/migrations.ts';
import { folder, inTemporaryFolder, run } from '../run.ts';

inTemporaryFolder();

test('a function of an earlier version, which cannot be had here, does not know the action', async () => {
  const read = () => {
    const message = 'There is no action "read"';
    return Promise.reject(new MigrationError({ code: 'unknown-action', message, remedy: 'Actions: status, plan' }));
  };
  const ask = (async (action: string) =>
    action === 'dump' ? { text: '', dataApiCalls: 5 } : { attempts: [], dataApiCalls: 1 }) as Ask;
  await expect(readSource({ ask, reads: () => readThrough(read) })).rejects.toMatchObject({
    problems: [{ code: 'old-function' }],
  });
});

test('an interrupted run: nothing is rehearsed, for its last statement may be done or not', async () => {
  const at = await bench();
  const files = { '001_a': 'CREATE TABLE a (id int);' };
  await at.up(files);
  await at.sql(`insert into schema_migrations (name, attempt, direction, checksum, statements_checksum, status, statements, statements_applied, started_at)
    values ('002_b', 1, 'up', 'c', 's', 'running', 2, 1, now())`);
  const call = (...argv: string[]) =>
    run(['rehearse', '--dir', folder('sql', { '001_a.sql': files['001_a'] }), ...argv]);
  const { code, stdout } = await call('--url', at.url, '--json');
  expect(code).toBe(1);
  expect(JSON.parse(stdout).problems).toMatchObject([{ code: 'unfinished-run', migration: '002_b' }]);
});

test('a server that is not there is told as in other commands', async () => {
  const { code, stderr } = await run([
    'rehearse',
    '--dir',
    folder('sql', { '001_a.sql': 'SELECT 1;\n' }),
    '--url',
    'postgres://nobody@127.0.0.1:1/x',
  ]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/PostgreSQL at 127\.0\.0\.1:1 cannot be reached/);
});

test('mistakes of the folder are told before a database is asked', async () => {
  const files = { '001_a.sql': 'CREATE TABL a ();\n' };
  const { code, stderr } = await run([
    'rehearse',
    '--dir',
    folder('sql', files),
    '--url',
    'postgres://nobody@127.0.0.1:1/x',
  ]);
  expect(code).toBe(1);
  expect(stderr).toContain('001_a.sql:1:8');
});
