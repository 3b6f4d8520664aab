import { createServer } from 'node:net';
import { expect, test } from 'vitest';

test('leaves nothing', async () => {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const timer = setTimeout(() => {}, 30_000);
  setTimeout(() => server.close(), 100);
  clearTimeout(timer);
  expect(server.listening).toBe(true);
});
