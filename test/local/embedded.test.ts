import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Embedded, StartError, startEmbedded } from '../../lib/local/index.ts';
import { processBirth } from '../../lib/local/server/processes.ts';
import { BUILT } from '../support/built.ts';

let base: string;
/** A database that exists; no test but the ones about its creation needs a new one. */
let directory: string;
/** A folder that does not exist yet. */
let empty: string;
let users: User[] = [];

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'embedded-test-'));
  await chmod(base, 0o755); // For the test that runs it as another user.
  directory = join(base, 'database');
  await (await startEmbedded({ directory })).stop();
});
beforeEach(() => {
  empty = join(base, `empty-${randomUUID()}`);
});
afterEach(async () => {
  for (const user of users) await user.kill();
  users = [];
  // Whatever a killed process left running is adopted and stopped.
  if (existsSync(join(directory, 'data', 'postmaster.pid'))) await (await startEmbedded({ directory })).stop();
});
afterAll(() => rm(base, { recursive: true, force: true }));

interface User {
  readonly process: ChildProcess;
  readonly started: Promise<Pick<Embedded, 'url' | 'pid' | 'directory'>>;
  leave(): Promise<void>;
  kill(): Promise<void>;
}

/** Another process that uses the same directory; without one, a temporary one. */
function user(...args: string[]): User {
  const child = spawn(process.execPath, [join(BUILT, 'test/local/embedded-user.js'), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const one: User = {
    process: child,
    started: once(child.stdout, 'data').then(([line]) => JSON.parse(String(line))),
    leave: async () => {
      child.stdin.end();
      expect(await ended).toEqual([0, null]);
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
  one.started.catch(() => {}); // Killed before it had started.
  users.push(one);
  return one;
}

async function ask<T>(url: string, sql: string): Promise<T | undefined> {
  const client = new pg.Client(url);
  client.on('error', () => {}); // A server may be killed under it.
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

/** A zombie is dead: in a container there may be nobody to bury it. */
async function alive(pid: number): Promise<boolean> {
  return (await processBirth(pid)) !== undefined;
}

async function failure(start: Promise<Embedded>): Promise<StartError> {
  const error = await start.then(
    ({ stop }) => stop(),
    error => error,
  );
  expect(error).toBeInstanceOf(StartError);
  expect(error.message).not.toMatch(/\n/);
  expect(error.remedy).toMatch(/\.$/);
  return error;
}

describe('one process', () => {
  test('keeps the data of a directory', async () => {
    const messages: string[] = [];
    const first = await startEmbedded({ directory: empty, progress: message => messages.push(message) });
    await ask(first.url, 'create table kept as select 42 as answer');
    await first.stop();
    await first.stop();
    expect(await alive(first.pid)).toBe(false);
    const second = await startEmbedded({ directory: empty, progress: message => messages.push(message) });
    expect(await ask(second.url, 'select answer from kept')).toBe(42);
    expect(await ask(second.url, 'show fsync')).toBe('on');
    await second.stop();
    expect(messages).toEqual(['creating the database …', 'starting PostgreSQL …', 'starting PostgreSQL …']);
  });

  test('leaves nothing of a temporary database', async () => {
    const { url, directory, pid, stop } = await startEmbedded({ settings: { work_mem: '7MB' } });
    expect(await ask(url, 'show work_mem')).toBe('7MB');
    expect(await ask(url, 'show fsync')).toBe('off');
    expect(await ask(url, 'show listen_addresses')).toBe('127.0.0.1');
    expect(await ask(url, 'show unix_socket_directories')).toBe('');
    await stop();
    expect(await alive(pid)).toBe(false);
    expect(existsSync(directory)).toBe(false);
  });

  test('sorts as everywhere, and knows letters', async () => {
    const { url, stop } = await startEmbedded({ directory });
    expect(await ask(url, "select string_agg(x, '' order by x) from unnest('{b,ä,B,a}'::text[]) x")).toBe('Babä');
    expect(await ask(url, "select upper('ä') || current_setting('server_encoding')")).toBe('ÄUTF8');
    await stop();
  });

  test('lets nobody in without the password', async () => {
    const { url, stop } = await startEmbedded({ directory });
    const wrong = new URL(url);
    wrong.password = 'postgres';
    await expect(ask(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
    await stop();
  });

  test.runIf(process.getuid?.() === 0)('as root can run it as another user', async () => {
    const { url, pid, stop } = await startEmbedded({ directory: empty, launch: 'switch-user' });
    expect(await ask(url, 'select 1')).toBe(1);
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).not.toMatch(/^Uid:\s+0\b/m);
    await stop();
    // The data now belongs to that user, whatever would be chosen today.
    const again = await startEmbedded({ directory: empty });
    expect(await ask(again.url, 'select 1')).toBe(1);
    await again.stop();
  });
});

describe('several processes', () => {
  test('share one server, and the last one out stops it', async () => {
    const [one, two] = [user(directory), user(directory)];
    const { url, pid } = await one.started;
    expect((await two.started).pid).toBe(pid);
    const here = await startEmbedded({ directory });
    expect(here.pid).toBe(pid);
    await one.leave();
    await here.stop();
    expect(await ask(url, 'select 1')).toBe(1);
    await two.leave();
    expect(await alive(pid)).toBe(false);
  });

  test('start at the same moment on an empty directory', async () => {
    const all = Array.from({ length: 4 }, () => startEmbedded({ directory: empty }));
    const servers = await Promise.all(all);
    expect(new Set(servers.map(({ pid }) => pid)).size).toBe(1);
    await Promise.all(servers.map(({ stop }) => stop()));
    expect(await alive(servers[0]!.pid)).toBe(false);
  });

  test('come and go without pulling the server from under another', async () => {
    for (let round = 0; round < 6; round++) {
      const leaving = await startEmbedded({ directory });
      const [coming] = await Promise.all([startEmbedded({ directory }), leaving.stop()]);
      expect(await ask(coming.url, 'select 1')).toBe(1);
      await coming.stop();
    }
  });

  test('one that is killed neither stops it nor keeps it running', async () => {
    const killed = user(directory);
    const { url, pid } = await killed.started;
    const other = user(directory);
    await other.started;
    await killed.kill();
    expect(await ask(url, 'select 1')).toBe(1);
    await other.leave();
    expect(await alive(pid)).toBe(false);
  });

  test('the only one is killed: the next one adopts the server', async () => {
    const killed = user(directory);
    const { url, pid } = await killed.started;
    await ask(url, 'create table adopted ()');
    await killed.kill();
    expect(await alive(pid)).toBe(true);
    const next = await startEmbedded({ directory });
    expect(next.pid).toBe(pid);
    expect(await ask(next.url, "select to_regclass('adopted')::text")).toBe('adopted');
    await next.stop();
    expect(await alive(pid)).toBe(false);
  });

  test('one is killed while it creates the database', async () => {
    const killed = user(empty);
    await expect
      .poll(async () => (existsSync(empty) ? (await readdir(empty)).join() : ''), {
        timeout: 20_000,
        interval: 5,
      })
      .toMatch(/new\./);
    await killed.kill();
    expect(existsSync(join(empty, 'data'))).toBe(false);
    const next = await startEmbedded({ directory: empty });
    expect(await ask(next.url, 'select 1')).toBe(1);
    expect((await readdir(empty)).filter(name => name.startsWith('new.'))).toEqual([]);
    await next.stop();
  });

  test('a temporary database of a killed process is removed by the next one', async () => {
    const killed = user();
    const left = await killed.started;
    await killed.kill();
    expect(await alive(left.pid)).toBe(true);
    await (await startEmbedded()).stop();
    expect(await alive(left.pid)).toBe(false);
    expect(existsSync(left.directory)).toBe(false);
  });
});

describe('a server that was killed', () => {
  test('is started again', async () => {
    const first = await startEmbedded({ directory });
    await ask(first.url, 'create table survived ()');
    process.kill(first.pid, 'SIGKILL');
    await expect.poll(() => alive(first.pid), { timeout: 5000 }).toBe(false);
    const second = await startEmbedded({ directory });
    expect(second.pid).not.toBe(first.pid);
    expect(await ask(second.url, "select to_regclass('survived')::text")).toBe('survived');
    await first.stop();
    expect(await alive(second.pid)).toBe(true);
    await second.stop();
  });

  test('whose number another process has now, is started again', async () => {
    const first = await startEmbedded({ directory });
    const file = join(directory, 'data', 'postmaster.pid');
    const content = await readFile(file, 'utf8');
    await first.stop();
    await writeFile(file, content.replace(/^\d+/, String(process.pid)));
    const second = await startEmbedded({ directory });
    expect(await ask(second.url, 'select 1')).toBe(1);
    await second.stop();
  });
});

describe('what cannot be started says why', () => {
  test('a port that is taken', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const error = await failure(startEmbedded({ directory, port }));
    expect(error.message).toMatch(/^PostgreSQL does not start: .*could not bind/);
    expect(error.remedy).toMatch(/port/);
    holder.close();
  });

  test('a directory that cannot be made', async () => {
    await writeFile(join(base, 'file'), '');
    const error = await failure(startEmbedded({ directory: join(base, 'file', 'postgresql') }));
    expect(error.message).toMatch(/cannot be used: ENOTDIR/);
  });

  test('data of another version', async () => {
    await writeFile(join(directory, 'data', 'PG_VERSION'), '16\n');
    expect((await failure(startEmbedded({ directory }))).message).toMatch(
      /made by PostgreSQL 16, the embedded one is 17/,
    );
    await writeFile(join(directory, 'data', 'PG_VERSION'), '17\n');
  });

  test('a setting that PostgreSQL refuses', async () => {
    const error = await failure(startEmbedded({ directory, settings: { shared_buffers: 'lots' } }));
    expect(error.message).toMatch(/^PostgreSQL does not start: .*shared_buffers/);
    expect(error.remedy).toMatch(/^Look into .*postgresql\.log/);
  });
});
