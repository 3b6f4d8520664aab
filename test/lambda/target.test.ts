import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Environment, readEnvironment } from '../../lambda/environment.ts';
import { openTarget } from '../../lambda/open-database.ts';
import { type FreshLocal, freshLocal } from '../support/postgresql.ts';

const waiting = { onWait: () => {}, signal: new AbortController().signal };
let local: FreshLocal;

beforeAll(async () => {
  local = await freshLocal({ secretWithout: ['engine'] });
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = local.endpoint;
  process.env.AWS_REGION = local.region;
  process.env.AWS_ACCESS_KEY_ID = 'local';
  process.env.AWS_SECRET_ACCESS_KEY = 'local';
});
afterAll(async () => {
  delete process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER;
  await local.stop();
});

function environment(more: Record<string, string>): Environment {
  return readEnvironment({
    CLUSTER_ARN: local.resourceArn,
    SECRET_ARN: local.secretArn,
    HOOK: 'stack/hook',
    TIMEOUT_MS: '60000',
    ...more,
  });
}

test('what the construct knows, needs no secret', async () => {
  const nowhere = environment({ ENGINE: 'postgresql', DATABASE: 'app', SECRET_ARN: 'arn:nowhere' });
  expect((await openTarget(nowhere, 'postgresql', waiting)).engine.name).toBe('postgresql');
});

test('another engine than that of the migrations', async () => {
  await expect(openTarget(environment({ ENGINE: 'mysql', DATABASE: 'app' }), 'postgresql', waiting)).rejects.toThrow(
    'The migrations were compiled for postgresql, but the engine of the cluster is mysql. Give the construct the option engine.',
  );
});

test('a secret without engine', async () => {
  await expect(openTarget(environment({ DATABASE: 'app' }), 'postgresql', waiting)).rejects.toThrow(
    'has no engine, and the construct was not told either. Give the construct the option engine: postgresql or mysql.',
  );
});

test('a secret that is not there', async () => {
  const gone = environment({ SECRET_ARN: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:gone-AbCdEf' });
  await expect(openTarget(gone, 'postgresql', waiting)).rejects.toThrow(
    /^The secret arn:.*gone-AbCdEf cannot be read \(ResourceNotFoundException\)\. Check that it exists/,
  );
});

test('a secret that somebody typed', async () => {
  const typed = createServer((_, response) => response.end('{"SecretString":"hunter2"}'));
  await new Promise<void>(done => typed.listen(0, '127.0.0.1', done));
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${(typed.address() as AddressInfo).port}`);
  const opening = openTarget(environment({ SECRET_ARN: 'arn:typed' }), 'postgresql', waiting);
  await expect(opening).rejects.toThrow('The secret arn:typed is not JSON. Name a secret with username and password');
  await expect(opening).rejects.not.toThrow('hunter2');
  vi.unstubAllEnvs();
  typed.close();
});

test.each([
  [400, 'ResourceNotFoundException', 'no-secret'],
  [400, 'AccessDeniedException', 'no-secret'],
  [400, 'ThrottlingException', 'no-answer'],
  [500, 'InternalServiceError', 'no-answer'],
])(
  'what Secrets Manager refuses is final, what it cannot answer now may be asked again: %i %s',
  async (status, type, code) => {
    const refusing = createServer((_, response) =>
      response
        .writeHead(status, { 'content-type': 'application/x-amz-json-1.1' })
        .end(JSON.stringify({ __type: type })),
    );
    await new Promise<void>(done => refusing.listen(0, '127.0.0.1', done));
    vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`);
    try {
      const opening = openTarget(environment({ SECRET_ARN: `arn:${type}` }), 'postgresql', waiting);
      await expect(opening).rejects.toMatchObject({ problems: [{ code }] });
    } finally {
      vi.unstubAllEnvs();
      refusing.close();
    }
  },
);

test('a secret that may not be read yet is waited for where that is wanted', async () => {
  let calls = 0;
  const refusing = createServer((_, response) => {
    const type = { 'content-type': 'application/x-amz-json-1.1' };
    if (++calls < 3) response.writeHead(400, type).end(JSON.stringify({ __type: 'AccessDeniedException' }));
    else response.writeHead(200, type).end(JSON.stringify({ SecretString: '{"engine":"postgres","dbname":"app"}' }));
  });
  await new Promise<void>(done => refusing.listen(0, '127.0.0.1', done));
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`);
  try {
    const waits: string[] = [];
    const patient = {
      ...waiting,
      propagationBudgetMs: 60_000,
      onWait: ({ what }: { what: string }) => void waits.push(what),
    };
    const target = await openTarget(environment({ SECRET_ARN: 'arn:new' }), 'postgresql', patient);
    expect(target.engine.name).toBe('postgresql');
    expect(waits).toEqual(['the rights of this function', 'the rights of this function']);
  } finally {
    vi.unstubAllEnvs();
    refusing.close();
  }
});
