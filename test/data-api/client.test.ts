import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DatabaseError } from '../../lib/core/database.ts';
import { dataApi } from '../../lib/data-api/index.ts';
import type { FaultName } from '../../lib/local/index.ts';
import { type Bench, bench } from '../support/migrations.ts';

const PATIENCE = { clusterBudgetMs: 3000, loadBudgetMs: 3000 };
const INSERT = { sql: 'insert into log values (1)', effect: 'write' } as const;
const SELECT = { sql: 'select count(*)::text from log', effect: 'read' } as const;

interface Retried {
  readonly fault: FaultName | { name: string; status: number; message: string };
  /** Repeated until it goes well. */
  readonly read: boolean;
  readonly write: boolean;
  /** Of what is not repeated. */
  readonly outcome?: 'not-run' | 'unknown' | 'failed';
  readonly service?: string;
  readonly remedy?: RegExp;
}

const named = (name: string, status = 400, message = 'text') => ({ name, status, message });
const table: readonly Retried[] = [
  // It never ran: repeated whatever it is.
  { fault: 'resuming', read: true, write: true },
  { fault: 'no-writer', read: true, write: true },
  { fault: named('InvalidResourceStateException'), read: true, write: true },
  { fault: 'throttled', read: true, write: true },
  { fault: named('ThrottlingException', 400, 'Rate exceeded'), read: true, write: true },
  { fault: named('TooManyRequestsException', 429), read: true, write: true },
  { fault: named('SecretsErrorException', 400, 'Timed out retrieving the secret'), read: true, write: true },
  {
    fault: named('DatabaseErrorException', 400, 'ERROR: sorry, too many clients already; SQLState: 53300'),
    read: true,
    write: true,
  },
  {
    fault: named('DatabaseErrorException', 400, 'ERROR: the database system is starting up; SQLState: 57P03'),
    read: true,
    write: true,
  },
  // It may have run: a read is repeated, a write is not.
  { fault: 'reset', read: true, write: false, outcome: 'unknown', service: 'TimeoutError' },
  { fault: 'internal-error', read: true, write: false, outcome: 'unknown', service: 'InternalServerErrorException' },
  { fault: 'internal-failure', read: true, write: false, outcome: 'unknown', service: 'InternalFailure' },
  { fault: 'unavailable', read: true, write: false, outcome: 'unknown', service: 'ServiceUnavailableError' },
  {
    fault: 'writer-unavailable',
    read: true,
    write: false,
    outcome: 'unknown',
    service: 'DatabaseUnavailableException',
  },
  { fault: 'gateway-timeout', read: true, write: false, outcome: 'unknown' },
  { fault: 'opaque', read: true, write: false, outcome: 'unknown', remedy: /quote or \$\$/ },
  { fault: named('StatementTimeoutException', 400, 'Request timed out'), read: true, write: false, outcome: 'unknown' },
  {
    fault: named('UnsupportedResultException', 400, 'The result exceeds the size limit 1 MB'),
    read: true,
    write: false,
    outcome: 'unknown',
  },
  { fault: named('SomethingNew', 400), read: true, write: false, outcome: 'unknown' },
  {
    fault: named(
      'DatabaseErrorException',
      400,
      'ERROR: terminating connection due to administrator command; SQLState: 57P01',
    ),
    read: true,
    write: false,
    outcome: 'unknown',
  },
  {
    fault: named('DatabaseErrorException', 400, 'ERROR: connection lost; SQLState: 08006'),
    read: true,
    write: false,
    outcome: 'unknown',
  },
  // It never ran, and would not the next time.
  { fault: 'forbidden', read: false, write: false, outcome: 'not-run', service: 'ForbiddenException', remedy: /Allow/ },
  { fault: named('AccessDeniedException', 403), read: false, write: false, outcome: 'not-run', remedy: /Allow/ },
  {
    fault: 'endpoint-disabled',
    read: false,
    write: false,
    outcome: 'not-run',
    service: 'HttpEndpointNotEnabledException',
    remedy: /enableDataApi/,
  },
  {
    fault: 'invalid-secret',
    read: false,
    write: false,
    outcome: 'not-run',
    service: 'InvalidSecretException',
    remedy: /username and password/,
  },
  {
    fault: 'no-secret',
    read: false,
    write: false,
    outcome: 'not-run',
    service: 'SecretsErrorException',
    remedy: /ARN of the secret/,
  },
  {
    fault: named('ValidationException', 400, `Multistatements aren't supported.`),
    read: false,
    write: false,
    outcome: 'not-run',
  },
  { fault: named('BadRequestException'), read: false, write: false, outcome: 'not-run' },
  { fault: named('ExpiredTokenException', 403), read: false, write: false, outcome: 'not-run', remedy: /Renew/ },
  { fault: named('InvalidSignatureException', 403), read: false, write: false, outcome: 'not-run', remedy: /clock/ },
  {
    fault: named('UnrecognizedClientException', 403),
    read: false,
    write: false,
    outcome: 'not-run',
    remedy: /credentials/,
  },
  {
    fault: named('DatabaseErrorException', 400, 'Transaction is still running a query'),
    read: false,
    write: false,
    outcome: 'not-run',
  },
  {
    fault: named('DatabaseErrorException', 400, 'ERROR: database "x" does not exist; SQLState: 3D000'),
    read: false,
    write: false,
    outcome: 'not-run',
    remedy: /option database/,
  },
  {
    fault: named('DatabaseErrorException', 400, 'ERROR: password authentication failed; SQLState: 28P01'),
    read: false,
    write: false,
    outcome: 'not-run',
    remedy: /password/,
  },
  // It ran and was rolled back.
  {
    fault: named('DatabaseErrorException', 400, 'ERROR: deadlock detected; SQLState: 40P01'),
    read: false,
    write: false,
    outcome: 'failed',
  },
  {
    fault: named('DatabaseErrorException', 400, 'ERROR: canceling statement due to user request; SQLState: 57014'),
    read: false,
    write: false,
    outcome: 'failed',
  },
];

async function logged(options: Parameters<typeof bench>[0] = {}): Promise<Bench> {
  const made = await bench({ retries: PATIENCE, ...options });
  await made.raw.query('create table log(n int)');
  return made;
}

/** As many as there are tests at a time: what they leave is easily put back. */
const idle: Bench[] = [];
async function borrowed(): Promise<Bench & AsyncDisposable> {
  const made = idle.pop() ?? (await logged({ auto: false }));
  await made.raw.query('truncate log');
  made.local.faults.clear();
  return { ...made, [Symbol.asyncDispose]: async () => void idle.push(made) };
}
afterAll(() => Promise.all(idle.map(({ stop }) => stop())));

// At the same time: they wait before they repeat.
describe.concurrent('each fault: what is repeated, and what is not', () => {
  test.each(
    table.map(row => ({
      ...row,
      name: typeof row.fault === 'string' ? row.fault : `${row.fault.name}: ${row.fault.message}`,
    })),
  )('$name', async ({ fault, read, write, outcome, service, remedy }) => {
    await using made = await borrowed();
    const { database, local, value } = made;
    for (const [statement, repeated] of [
      [SELECT, read],
      [INSERT, write],
    ] as const) {
      local.log.clear();
      local.faults.clear();
      local.faults.add({ fault });
      const before = database.calls;
      const end = await database.execute(statement).then(
        () => 'ok' as const,
        (error: unknown) => error,
      );
      if (repeated) {
        expect(end).toBe('ok');
        expect(local.log.entries).toHaveLength(2);
      } else {
        expect(end).toBeInstanceOf(DatabaseError);
        expect(end).toMatchObject({
          outcome,
          ...(service ? { service } : {}),
          ...(remedy ? { remedy: expect.stringMatching(remedy) } : {}),
        });
        expect((end as DatabaseError).message).toMatch(/\w/);
        expect(local.log.entries).toHaveLength(1);
      }
      expect(database.calls - before).toBe(local.log.entries.length);
      // The SDK itself repeats nothing.
      expect(local.log.entries.map(entry => entry.attempt)).toEqual(local.log.entries.map(() => 1));
    }
    expect(await value('select count(*)::int from log')).toBe(write ? 1 : 0);
  });
});

describe('what is repeated, and what is not', () => {
  test('a write whose answer is lost ran once', async () => {
    const { database, local, value } = await logged();
    for (const fault of ['reset', 'internal-error', 'gateway-timeout', 'opaque'] as const) {
      local.faults.add({ fault, when: 'after' });
      await expect(database.execute(INSERT)).rejects.toMatchObject({ outcome: 'unknown' });
    }
    expect(await value('select count(*)::int from log')).toBe(4);
  });

  test('within a transaction nothing is repeated that may have run, not even a read', async () => {
    const { database, local, value } = await logged();
    local.faults.add({ fault: 'reset', sql: 'select count' });
    const lost = database.transaction(async transaction => {
      await transaction.execute(INSERT);
      return transaction.execute(SELECT);
    });
    await expect(lost).rejects.toMatchObject({ outcome: 'unknown' });
    expect(local.openTransactions()).toBe(0);
    expect(await value('select count(*)::int from log')).toBe(0);
  });

  test('a commit whose answer is lost is unknown, and not sent again', async () => {
    const { database, local, value } = await logged();
    local.faults.add({ fault: 'internal-error', when: 'after', operation: 'CommitTransaction' });
    await expect(database.transaction(transaction => transaction.execute(INSERT))).rejects.toMatchObject({
      outcome: 'unknown',
    });
    expect(local.log.entries.filter(entry => entry.operation === 'CommitTransaction')).toHaveLength(1);
    expect(await value('select count(*)::int from log')).toBe(1);
  });

  test('a commit that is lost on its way leaves no transaction open with its locks', async () => {
    const { database, local, value } = await logged();
    local.faults.add({ fault: 'internal-error', operation: 'CommitTransaction' });
    await expect(database.transaction(transaction => transaction.execute(INSERT))).rejects.toMatchObject({
      outcome: 'unknown',
    });
    expect(local.openTransactions()).toBe(0);
    expect(await value('select count(*)::int from log')).toBe(0);
  });

  test('a transaction that is gone is not rolled back', async () => {
    const { database, local } = await logged();
    local.faults.add({ fault: named('TransactionNotFoundException', 404), operation: 'ExecuteStatement' });
    await expect(database.transaction(transaction => transaction.execute(INSERT))).rejects.toMatchObject({
      service: 'TransactionNotFoundException',
    });
    expect(local.log.entries.map(({ operation }) => operation)).not.toContain('RollbackTransaction');
  });

  test('a begin whose answer is lost is sent again', async () => {
    const { database, local, value } = await logged();
    local.faults.add({ fault: 'reset', when: 'after', operation: 'BeginTransaction' });
    await database.transaction(transaction => transaction.execute(INSERT));
    expect(await value('select count(*)::int from log')).toBe(1);
  });

  test('the work’s own error is the one that is told, also when the rollback fails', async () => {
    const { database, local } = await logged();
    local.faults.add({ fault: 'internal-error', operation: 'RollbackTransaction' });
    await expect(
      database.transaction(async () => {
        throw new Error('mine');
      }),
    ).rejects.toThrow('mine');
  });

  test('a cluster that does not wake up within the budget, a signal that ends the wait', async () => {
    const { local, client } = await logged({ retries: { clusterBudgetMs: 400, loadBudgetMs: 400 } });
    local.faults.add({ fault: 'resuming', times: 0 });
    const waits: string[] = [];
    await expect(client().execute(SELECT)).rejects.toMatchObject({
      service: 'DatabaseResumingException',
      outcome: 'not-run',
    });
    const stop = new AbortController();
    const { resourceArn, secretArn, endpoint, region, credentials, database } = local;
    const impatient = dataApi({
      resourceArn,
      secretArn,
      database,
      client: { endpoint, region, credentials },
      signal: stop.signal,
      onWait(wait) {
        waits.push(wait.what);
        // In the middle of it: three minutes, of which the test does not last one.
        setTimeout(() => stop.abort(), 50);
      },
    });
    await expect(impatient.execute(SELECT)).rejects.toMatchObject({ service: 'DatabaseResumingException' });
    expect(waits).toEqual(['the cluster to resume']);
  });

  test('an endpoint that nobody listens at: never ran, at once, with the remedy', async () => {
    const { local } = await logged();
    const { resourceArn, secretArn, region, credentials, database } = local;
    const nobody = dataApi({
      resourceArn,
      secretArn,
      database,
      client: { endpoint: 'http://127.0.0.1:1', region, credentials },
    });
    await expect(nobody.execute(INSERT)).rejects.toMatchObject({
      outcome: 'not-run',
      message: expect.stringContaining('ECONNREFUSED'),
      remedy: expect.stringContaining('endpoint'),
    });
  });
});

describe('values come and go without loss', () => {
  let made: Bench;
  beforeAll(async () => {
    made = await bench({ auto: false });
  });
  afterAll(() => made.stop());

  test.each<[string, string, string | null]>([
    ['bigint above 2^53', '9223372036854775807::bigint', '9223372036854775807'],
    ['bigint below -2^53', '(-9223372036854775808)::bigint', '-9223372036854775808'],
    ['integer', '42', '42'],
    ['numeric', '123456789012345678901234567890.1234567890::numeric', '123456789012345678901234567890.1234567890'],
    ['null', 'null::text', null],
    ['null bigint', 'null::bigint', null],
    ['boolean', 'true', 'true'],
    ['false', 'false', 'false'],
    ['the empty text', `''::text`, ''],
    ['text with everything', `E'\\n\\t"\\\\ \\u00e9 \\U0001F600'::text`, '\n\t"\\ é \u{1F600}'],
    ['json', `'{"n": 9007199254740993, "a":[1]}'::json`, '{"n":9007199254740993,"a":[1]}'],
    ['timestamp', `'2024-01-15 12:34:56.123456'::timestamp`, '2024-01-15 12:34:56.123456'],
    ['timestamptz, in UTC', `'2024-01-15 12:34:56+09'::timestamptz`, '2024-01-15 03:34:56'],
    ['date', `'2024-01-15'::date`, '2024-01-15'],
    ['uuid', `'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
    ['bytea', `'\\x00ff10'::bytea`, 'AP8Q'],
    ['an array of text', `array['a', 'b"c']`, '["a","b\\"c"]'],
    ['an array of integers', 'array[1, 9007199254740993]', '["1","9007199254740993"]'],
    ['an array of booleans', 'array[true, false]', '[true,false]'],
    ['an empty array', 'array[]::int[]', '[]'],
  ])('%s', async (_, expression, text) => {
    const { database } = made;
    const [row] = await database.execute({ sql: `select ${expression}`, effect: 'read' });
    const compact = expression.includes('json') && row?.[0] ? row[0].replaceAll(' ', '') : row?.[0];
    expect(compact).toBe(text);
  });

  test('an array of bigints above 2^53', async () => {
    const { database } = made;
    const [row] = await database.execute({ sql: 'select array[9007199254740993]::bigint[]::text', effect: 'read' });
    expect(row).toEqual(['{9007199254740993}']);
  });

  test('parameters: text as it is, null as NULL', async () => {
    const { database } = made;
    const text = `it's :x $$ \\ " \u{1F600}\n`;
    expect(
      await database.execute({
        sql: 'select :a, :b, cast(:c as bigint)::text, :a',
        parameters: { a: text, b: null, c: '9007199254740993' },
        effect: 'read',
      }),
    ).toEqual([[text, null, '9007199254740993', text]]);
  });

  test('no rows, many rows, no columns', async () => {
    const { database } = made;
    expect(await database.execute({ sql: 'select 1 where false', effect: 'read' })).toEqual([]);
    expect(await database.execute({ sql: 'select n::text from generate_series(1, 3) n', effect: 'read' })).toEqual([
      ['1'],
      ['2'],
      ['3'],
    ]);
    expect(await database.execute({ sql: 'create table x()', effect: 'write' })).toEqual([]);
  });
});
