import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RDSDataClient,
} from '@aws-sdk/client-rds-data';
import { describe, expect, test } from 'vitest';
import { hasMysqld } from '../../lib/local/index.ts';
import { until } from '../support/until.ts';
import { inTemporaryFolder, run } from './run.ts';

inTemporaryFolder();

interface Served {
  readonly environment: Record<string, string>;
  readonly written: () => string;
  client(): Application;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** An application, with an official client that repeats nothing. */
interface Application {
  execute(sql: string, more?: { transactionId?: string | undefined; parameters?: never }): Promise<unknown[][]>;
  begin(): Promise<string | undefined>;
  commit(transactionId: string | undefined): Promise<void>;
  end(): void;
}

/** `serve --json` in this process, until it is stopped. */
async function serve(...options: string[]): Promise<Served> {
  const stopper = new AbortController();
  let all = '';
  const ended = run(['serve', '--json', ...options], {
    signal: stopper.signal,
    onWrite: text => {
      all += text;
    },
  });
  const announced = () => /^\{"environment".*\}$/m.exec(all)?.[0];
  await until('the settings of the environment', () => announced() !== undefined, { withinMs: 120_000, during: ended });
  const { environment } = JSON.parse(announced() ?? '');
  async function stop() {
    stopper.abort();
    expect((await ended).code).toBe(0);
  }
  return {
    environment,
    written: () => all,
    client: () => application(environment),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function application(environment: Record<string, string>): Application {
  const client = new RDSDataClient({
    endpoint: environment.AWS_ENDPOINT_URL_RDS_DATA ?? '',
    region: environment.AWS_REGION ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  const cluster = { resourceArn: environment.CLUSTER_ARN, secretArn: environment.SECRET_ARN };
  const target = { ...cluster, database: environment.DATABASE };
  return {
    execute: async (sql, more = {}) =>
      ((await client.send(new ExecuteStatementCommand({ ...target, sql, ...more }))).records ?? []).map(row =>
        row.map(field => Object.values(field)[0]),
      ),
    begin: async () => (await client.send(new BeginTransactionCommand(target))).transactionId,
    commit: async transactionId =>
      void (await client.send(new CommitTransactionCommand({ ...cluster, transactionId }))),
    end: () => client.destroy(),
  };
}

const outcome = (call: Promise<unknown>) =>
  call.then(
    () => 'ok',
    (error: Error) => error.name,
  );

describe.each(['postgresql', 'mysql'] as const)('a development database on %s', engine => {
  test.skipIf(engine === 'mysql' && !hasMysqld())('keeps its data, and takes two applications at once', async () => {
    const first = await serve('--engine', engine, '--data', engine);
    const port = new URL(first.environment.AWS_ENDPOINT_URL_RDS_DATA ?? '').port;
    const [one, other] = [first.client(), first.client()];
    await one.execute('create table kept (id int primary key, who varchar(10))');
    const ids = await Promise.all([one.begin(), other.begin()]);
    await Promise.all([
      one.execute("insert into kept values (1, 'one')", { transactionId: ids[0] }),
      other.execute("insert into kept values (2, 'other')", { transactionId: ids[1] }),
    ]);
    expect(await other.execute('select id from kept', { transactionId: ids[1] })).toEqual([[2]]);
    await Promise.all([one.commit(ids[0]), other.commit(ids[1])]);
    one.end();
    other.end();
    await first.stop();

    await using second = await serve('--engine', engine, '--data', engine, '--port', port);
    const again = second.client();
    expect(await again.execute('select id, who from kept order by id')).toEqual([
      [1, 'one'],
      [2, 'other'],
    ]);
    expect(String(await again.execute('select current_user'))).toMatch(engine === 'mysql' ? /^admin@/ : /^postgres$/);
    again.end();
    const name = engine === 'mysql' ? 'mysql' : 'postgres';
    expect(second.written()).toMatch(new RegExp(`"${name}Url":"${name}`));
  });
});

describe('faults and clocks by hand', () => {
  test('from the command line', async () => {
    await using served = await serve('--data', 'faults', '--fault', 'throttled:2,lost-answer,timeout');
    const app = served.client();
    const names: string[] = [];
    for (let call = 0; call < 5; call++) names.push(await outcome(app.execute('select 1')));
    const throttled = 'ThrottlingException';
    expect(names).toEqual([throttled, throttled, 'TimeoutError', 'StatementTimeoutException', 'ok']);
    app.end();
  });

  test('as a paused cluster, for a time', async () => {
    await using served = await serve('--data', 'faults', '--fault', 'resuming:700ms');
    const app = served.client();
    expect(await outcome(app.execute('select 1'))).toBe('DatabaseResumingException');
    await until('the end of the pause', async () => (await outcome(app.execute('select 1'))) === 'ok');
    app.end();
  });

  test('over HTTP, with its own Host only', async () => {
    await using served = await serve('--data', 'faults');
    const app = served.client();
    const url = (path: string) => `${served.environment.AWS_ENDPOINT_URL_RDS_DATA}/_local/${path}`;
    const post = (path: string, body: unknown, headers = {}) =>
      fetch(url(path), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    expect((await post('faults', { fault: 'throttled' }, { origin: 'https://pages.example' })).status).toBe(403);
    expect((await post('clocks', { scale: 0.01 }, { origin: 'https://pages.example' })).status).toBe(403);
    expect(await outcome(app.execute('select 1'))).toBe('ok');

    await app.execute('create table if not exists lost (id int)');
    await app.execute('delete from lost');
    expect((await post('faults', { fault: 'lost-answer', sql: 'insert' })).status).toBe(200);
    expect(await outcome(app.execute('insert into lost values (1)'))).toBe('TimeoutError');
    expect(await app.execute('select id from lost')).toEqual([[1]]);

    expect((await post('faults', { fault: 'timeout' })).status).toBe(200);
    expect(await outcome(app.execute('insert into lost values (2)'))).toBe('StatementTimeoutException');
    expect(await app.execute('select id from lost')).toEqual([[1]]);

    expect((await post('clocks', { callTimeout: 0.2 })).status).toBe(200);
    expect(await outcome(app.execute('select 1 from pg_sleep(60)'))).toBe('StatementTimeoutException');
    for (const wrong of [{ calltimeout: 1 }, { scale: 0 }, { scale: 'x' }])
      expect((await post('clocks', wrong)).status).toBe(400);
    app.end();
  });

  test.each([
    [['--fault', 'trottled'], /--fault cannot be "trottled"[\s\S]*Did you mean throttled\?/],
    [['--fault', 'throttled:x'], /--fault cannot be "throttled:x"[\s\S]*a number of calls \(3\) or a time/],
    [['--fault', 'throttled:1:2'], /Write it as NAME:CALLS or NAME:TIME/],
    [['--fault', 'resuming:5s,timeout'], /Write resuming:5s last/],
    [['--values'], /--values belongs to --verbose/],
    [['--clock-speed', '0'], /--clock-speed cannot be "0"/],
  ])('%j is refused', async (options, message) => {
    const { code, stderr } = await run(['serve', ...options]);
    expect(code).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(new RegExp(message.source.replaceAll('[\\s\\S]*', '.*')));
  });
});

describe('--verbose', () => {
  const parameters = [{ name: 'secret', value: { stringValue: 'hunter2' } }] as never;

  test('logs requests with names of parameters, and their values only on demand', async () => {
    const quiet = await serve('--data', 'faults', '--verbose');
    const app = quiet.client();
    await app.execute('select :secret::text', { parameters });
    await outcome(app.execute('selekt'));
    app.end();
    await quiet.stop();
    expect(quiet.written()).toMatch(/#1 {2}\d+ ms {2}ok {2}ExecuteStatement {2}select :secret::text {2}\[:secret\]\n/);
    expect(quiet.written()).toMatch(/#2 {2}\d+ ms {2}DatabaseErrorException {2}ExecuteStatement {2}selekt\n/);
    expect(quiet.written()).not.toMatch(/hunter2/);

    await using loud = await serve('--data', 'faults', '--verbose', '--values');
    const again = loud.client();
    await again.execute('select :secret::text', { parameters });
    again.end();
    expect(loud.written()).toMatch(/\[:secret\] {2}\[\{"name":"secret","value":\{"stringValue":"hunter2"\}\}\]\n/);
  });
});
