import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasMysqld, startMysqld } from '../../lib/local/index.ts';
import { connect } from '../../lib/local/mysql/pool.ts';
import { gone, processBirth } from '../../lib/local/server/processes.ts';
import { BUILT } from '../support/built.ts';

const USER = join(BUILT, 'test/local/mysqld-user.js');

async function user(directory: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(USER, [directory], { execArgv: [] });
  const [url] = (await once(child, 'message')) as [string];
  return { child, url };
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const answers = async (url: string) => {
  const connection = await connect(url, undefined).catch(() => null);
  connection?.destroy();
  return connection !== null;
};

describe.skipIf(!hasMysqld())('a mysqld of our own', { timeout: 120_000 }, () => {
  test('on one directory: shared, left by a killed process and found by the next, stopped by the last', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'aurora-mysqld-'));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    const [one, two] = await Promise.all([user(directory), user(directory)]);
    expect(one.url).toBe(two.url);
    const pid = Number(readFileSync(join(directory, 'mysqld.pid'), 'utf8'));
    await killed(one.child);
    await killed(two.child);
    expect(await answers(one.url)).toBe(true);
    const server = await startMysqld({ directory });
    expect(server.url).toBe(one.url);
    await server.stop();
    expect(await answers(server.url)).toBe(false);
    expect(await processBirth(pid)).toBeUndefined();
  });

  test('a temporary one whose process was killed is ended, and its folder removed, by the next start', async () => {
    const { child } = await user('');
    const base = join(tmpdir(), `aurora-migrations-mysql-${process.getuid?.() ?? 'user'}`);
    const folder = join(base, readdirSync(base).find(name => name.includes(`.${child.pid}.`))!);
    const pid = Number(readFileSync(join(folder, 'mysqld.pid'), 'utf8'));
    await killed(child);
    expect(await processBirth(pid)).toBeDefined();
    const next = await startMysqld();
    expect(await gone(pid, 5000)).toBe(true);
    expect(existsSync(folder)).toBe(false);
    await next.stop();
    expect(await answers(next.url)).toBe(false);
  });
});
