import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
import { type SchemaDatabase, schemaDatabase } from './schema.ts';

const files = { '001_users.sql': "CREATE TABLE users (id integer PRIMARY KEY, link text DEFAULT 'http://a:b@c');" };

describe('the commands', () => {
  inTemporaryFolder();
  let local: SchemaDatabase;
  const call = (...argv: string[]) => run([...argv, '--url', local.local.postgresUrl]);
  beforeAll(async () => {
    local = await schemaDatabase();
    folder('sql/migrations', files);
    expect(await call('up')).toMatchObject({ code: 0 });
  });
  afterAll(() => local.local.stop());

  test('dump prints SQL only, unchanged; diff and verify say nothing of a sound database', async () => {
    const { code, stdout, stderr } = await call('dump');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain("DEFAULT 'http://a:b@c'::text");
    writeFileSync('dump.sql', stdout);
    expect(await call('diff', '--against', 'dump.sql')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await call('diff')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await call('verify')).toMatchObject({ code: 0, stdout: expect.stringContaining('Nothing was found') });
  });

  test('diff and verify exit with 1 and name the object', async () => {
    writeFileSync('before.sql', (await call('dump')).stdout);
    await local.run(
      'ALTER TABLE public.users ADD COLUMN extra text; ALTER TABLE public.users ADD CHECK (id > 0) NOT VALID',
    );
    const { code, stdout } = await call('diff', '--against', 'before.sql');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^@@ table public\.users: changed @@$/m);
    expect(stdout).toMatch(/^\+ {2}extra text$/m);
    expect(stdout).toMatch(/^@@ constraint public\.users\.users_id_check: added @@$/m);
    const json = await call('diff', '--against', 'before.sql', '--json');
    expect(JSON.parse(json.stdout).changes).toHaveLength(2);
    const verified = await call('verify');
    expect(verified.code).toBe(1);
    expect(verified.stdout).toContain('ALTER TABLE public.users VALIDATE CONSTRAINT users_id_check');
    expect(JSON.parse((await call('verify', '--json')).stdout)).toMatchObject({ sound: false });
  });

  test('dump --json has the text; files that are no dumps, or not there, are said', async () => {
    const { stdout } = await call('dump', '--json', '--grants');
    expect(JSON.parse(stdout)).toMatchObject({
      objects: expect.any(Number),
      dataApiCalls: expect.any(Number),
      notDumped: [],
    });
    const missing = await call('diff', '--against', 'nowhere.sql');
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('nowhere.sql cannot be read') });
    const other = await call('diff', '--against', 'sql/migrations/001_users.sql');
    expect(other).toMatchObject({ code: 1, stderr: expect.stringContaining('was not written by') });
    expect(readFileSync('before.sql', 'utf8')).toContain('-- table: public.users');
  });
});
