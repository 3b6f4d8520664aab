import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { test, vi } from 'vitest';

test('leaves an interval', () => {
  setInterval(() => {}, 1000);
});

test('leaves a server', async () => {
  await new Promise<void>(done => createServer().listen(0, '127.0.0.1', done));
});

test('leaves a child process, for half a minute at most', () => {
  spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30_000)'], { stdio: 'ignore' });
});

test('leaves a fake clock', () => {
  vi.useFakeTimers();
});
