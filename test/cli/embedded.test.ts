import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run, start } from './run.ts';

inTemporaryFolder();

describe('without a target: the embedded PostgreSQL', () => {
  test('is created the first time, which a terminal says, and kept', async () => {
    folder('sql/migrations', { '001_a.sql': 'CREATE TABLE a (id int);\n' });
    const first = await run(['up'], { columns: 100, env: { NO_COLOR: '1' } });
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toContain('Creating a PostgreSQL 17 in .aurora-migrations (only this once) …\n');
    expect(first.stdout).toMatch(/^sql\/migrations → embedded PostgreSQL in \.aurora-migrations\n/);
    expect(readFileSync('.aurora-migrations/.gitignore', 'utf8')).toBe('*\n');

    const again = await run(['up']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).toMatch(/^Nothing to do: 2 applied \(1 Data API call\)$/m);
  });

  test('killed, and used again', async () => {
    folder('sql/migrations', {
      '001_a.sql': 'CREATE TABLE a (id int);\n',
      '002_b.sql': 'SELECT pg_sleep(0.3);\nCREATE TABLE b (id int);\n',
    });
    const { child, ended } = start(['up']);
    await new Promise(done => child.stdout.once('data', done));
    child.kill('SIGKILL');
    await ended;
    const { code, stdout, stderr } = await run(['up']);
    expect(code, stdout + stderr).toBe(0);
    expect((await run(['status', '--exit-code'])).code).toBe(0);
  });

  test('--data puts it elsewhere, --database names another one', async () => {
    const { code, stdout } = await run(['up', '--data', 'elsewhere', '--database', 'other']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^sql\/migrations → embedded PostgreSQL in elsewhere, database other\n/);
    expect(existsSync('elsewhere/.gitignore')).toBe(true);
  });
});

describe('serve', () => {
  const started: { child: { kill(signal: NodeJS.Signals): boolean } }[] = [];
  afterAll(() => {
    for (const { child } of started) child.kill('SIGKILL');
  });

  test('prints lines for a shell, with which the tool itself reaches it; ends well with Ctrl-C', async () => {
    folder('sql/migrations', { '001_a.sql': 'CREATE TABLE a (id int);\n' });
    expect((await run(['up'])).code).toBe(0);
    const server = start(['serve']);
    started.push(server);
    const text = await new Promise<string>(done => {
      server.child.stdout.on('data', () => {
        if (server.written.stdout.includes('Ctrl-C')) done(server.written.stdout);
      });
    });
    expect(text).toMatch(/^✓ Local Data API over embedded PostgreSQL in \.aurora-migrations\n/);
    expect(text).toMatch(/\npostgres(ql)?:\/\/\S+\/app\n/);
    const exports = text.split('\n').filter(line => line.startsWith('export '));
    expect(exports.map(line => line.split(/[ =]/)[1])).toEqual([
      'AWS_ENDPOINT_URL_RDS_DATA',
      'AWS_REGION',
      'AWS_ACCESS_KEY_ID',
      'AWS_SECRET_ACCESS_KEY',
      'CLUSTER_ARN',
      'SECRET_ARN',
      'DATABASE',
    ]);
    const tool = 'status --json --cluster-arn "$CLUSTER_ARN" --secret-arn "$SECRET_ARN" --database "$DATABASE"';
    const { stdout } = await promisify(execFile)('bash', [
      '-c',
      `${exports.join('\n')}\n"$@" ${tool}`,
      'bash',
      process.execPath,
      ...server.child.spawnargs.slice(1, -1),
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ counts: { pending: 0 }, dataApiCalls: 1 });
    expect(JSON.parse(stdout).migrations).toContainEqual(expect.objectContaining({ name: '001_a', state: 'applied' }));
    server.child.kill('SIGINT');
    expect(await server.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('--json, over a server by URL: one line, and no password of yours in it', async () => {
    const stop = new AbortController();
    const { code, stdout } = await run(['serve', '--json', '--data', 'elsewhere'], {
      signal: stop.signal,
      onWrite: () => stop.abort('SIGINT'),
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      environment: { AWS_ENDPOINT_URL_RDS_DATA: expect.stringMatching(/^http:/) },
      postgresUrl: expect.any(String),
    });
  });
});
