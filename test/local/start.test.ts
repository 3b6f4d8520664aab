import { once } from 'node:events';
import { createServer } from 'node:net';
import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import pg from 'pg';
import { describe, expect, inject, test } from 'vitest';
import { type Local, StartError, startLocal, startMysqld } from '../../lib/local/index.ts';
import { freshDatabase, freshLocal } from '../support/postgresql.ts';
import { execute, outcome } from './client.ts';

async function failure(start: Promise<Local>): Promise<StartError> {
  const error = await start.then(
    ({ stop }) => stop(),
    error => error,
  );
  expect(error).toBeInstanceOf(StartError);
  expect(error.message).not.toMatch(/\n/);
  return error;
}

describe('startLocal', () => {
  test('needs nothing but a name', async () => {
    const messages: string[] = [];
    const local = await startLocal({ progress: message => messages.push(message) });
    expect(messages).toEqual(['creating the database …', 'starting PostgreSQL …']);
    const { endpoint, region, credentials, resourceArn, secretArn, database } = local;
    const client = new RDSDataClient({ endpoint, region, credentials: { ...credentials } });
    const command = new ExecuteStatementCommand({
      resourceArn,
      secretArn,
      database,
      sql: 'select current_database()::text',
    });
    expect((await client.send(command)).records).toEqual([[{ stringValue: 'app' }]]);
    const raw = new pg.Client(local.postgresUrl);
    await raw.connect();
    expect((await raw.query('select current_database()')).rows).toEqual([{ current_database: 'app' }]);
    await raw.end();
    client.destroy();
    await Promise.all([local.stop(), local.stop()]);
    await expect(fetch(endpoint)).rejects.toThrow();
  });

  test('creates the database that it announces and no other', async () => {
    const { url, drop } = await freshDatabase();
    await drop();
    const database = new URL(url).pathname.slice(1);
    const local = await startLocal({ url, database });
    const client = new RDSDataClient({ ...local, credentials: { ...local.credentials }, maxAttempts: 1 });
    const { resourceArn, secretArn } = local;
    const ask = (name: string) =>
      outcome(client.send(new ExecuteStatementCommand({ resourceArn, secretArn, database: name, sql: 'select 1' })));
    expect(await ask(database)).toBe('ok');
    expect(await ask('other')).toMatch(/database "other" does not exist; SQLState: 3D000$/);
    client.destroy();
    await local.stop();
    await drop();
  });

  test('creates none on a server where that is not wanted', async () => {
    const { url, drop } = await freshDatabase();
    await drop();
    const database = new URL(url).pathname.slice(1);
    const error = await failure(startLocal({ url, database, create: false }));
    expect(error.message).toBe(`There is no database "${database}" on ${new URL(url).host}`);
    expect(error.remedy).toContain('CREATE DATABASE');
    await expect(new pg.Client(url).connect()).rejects.toThrow(/does not exist/);
  });

  test('a request without database means that of the user name', async () => {
    await using local = await freshLocal();
    const { records } = await execute(local, 'select current_database()::text', { database: undefined });
    expect(records?.[0]?.[0]?.stringValue).toBe(decodeURIComponent(new URL(local.postgresUrl).username));
  });

  test('a port of choice', async () => {
    await using one = await freshLocal();
    const port = Number(new URL(one.endpoint).port);
    const error = await failure(startLocal({ url: one.postgresUrl, database: one.database, port }));
    expect(error.message).toBe(`Port ${port} is in use`);
    expect(error.remedy).toMatch(/another port/);
  });

  test('a server that does not answer', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as { port: number };
    closed.close();
    await once(closed, 'close');
    const error = await failure(startLocal({ url: `postgresql://user:secret@127.0.0.1:${port}/app` }));
    expect(error.message).toMatch(`PostgreSQL at 127.0.0.1:${port} cannot be reached`);
    expect(error.message).not.toMatch('secret');
  });

  test('a wrong password, a URL that is none', async () => {
    const url = new URL(inject('postgresMasterUrl'));
    url.password = 'wrong-password';
    const refused = await failure(startLocal({ url: url.href }));
    expect(refused.message).toMatch(/refuses user postgres: password authentication failed/);
    expect(refused.remedy).toMatch(/password/);
    const invalid = await failure(startLocal({ url: 'mysql://user:secret@host/app' }));
    expect(invalid.message).toBe('The URL of the PostgreSQL server is not valid');
    expect(invalid.remedy).toMatch(/postgresql:\/\//);
    const neither = await failure(startLocal({ engine: 'mysql', url: 'postgres://user:secret@host/app' }));
    expect(neither.message).toBe('The URL of the MySQL server is not valid');
    expect(neither.remedy).toMatch(/mysql:\/\//);
  });

  test('a mysqld that is not there, and one that ends at once', async () => {
    const missing = await failure(startMysqld({ program: 'no-such-mysqld' }) as never);
    expect(missing.message).toBe('There is no mysqld on this machine');
    expect(missing.remedy).toMatch(/^Install MySQL/);
    const ended = await failure(startMysqld({ program: 'true' }) as never);
    expect(ended.message).toMatch(/^mysqld does not start: /);
    expect(ended.remedy).toMatch(/^See .*mysqld\.log\.$/);
  });
});
