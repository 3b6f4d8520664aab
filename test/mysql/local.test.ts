import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RDSDataClient,
} from '@aws-sdk/client-rds-data';
import { expect, onTestFinished, test } from 'vitest';
import { type LocalOptions, startLocal } from '../../lib/local/index.ts';
import { describeMysql, freshMysql, mysqlMasterUrl } from '../support/mysql.ts';
import { until } from '../support/until.ts';

async function service(options: LocalOptions = {}) {
  const { name, raw } = await freshMysql();
  const local = await startLocal({ ...options, engine: 'mysql', url: mysqlMasterUrl, database: name });
  onTestFinished(() => local.stop());
  const { endpoint, region, credentials, resourceArn, secretArn } = local;
  const client = new RDSDataClient({ endpoint, region, credentials: { ...credentials }, maxAttempts: 1 });
  const target = { resourceArn, secretArn, database: name };
  const execute = (sql: string, more: Partial<ConstructorParameters<typeof ExecuteStatementCommand>[0]> = {}) =>
    client.send(new ExecuteStatementCommand({ ...target, sql, ...more }));
  const begin = async () => (await client.send(new BeginTransactionCommand(target))).transactionId!;
  const commit = (transactionId: string) =>
    client.send(new CommitTransactionCommand({ resourceArn, secretArn, transactionId }));
  const refusal = (call: Promise<unknown>) =>
    call.then(
      () => 'accepted',
      (error: Error) => `${error.name}: ${error.message}`,
    );
  return { raw, execute, begin, commit, refusal };
}

describeMysql('MySQL behind the local Data API', () => {
  test('values come back as the service returns them', async () => {
    const { execute } = await service();
    await execute(
      `create table t (a tinyint(1), b bit(1), c int, d bigint unsigned, e decimal(10, 3), f double, g year, h json, i datetime(3), j time, k date, l varbinary(4), m text, n enum('x'))`,
    );
    await execute(
      `insert into t values (1, b'1', 7, 18446744073709551615, 1.500, 0.5, 2024, '{"a": 1}', '2024-01-15 12:34:56.789', '10:00:00', '2024-01-15', x'00ff', 'ä', 'x')`,
    );
    const { records } = await execute('select * from t', { resultSetOptions: { longReturnType: 'STRING' } });
    expect(records![0]!.map(field => Object.values(field)[0])).toEqual([
      ...[
        true,
        true,
        '7',
        '18446744073709551615',
        '1.500',
        0.5,
        '2024',
        '{"a": 1}',
        '2024-01-15 12:34:56.789',
        '10:00:00',
        '2024-01-15',
      ],
      ...[new Uint8Array([0, 255]), 'ä', 'x'],
    ]);
    expect((await execute('select 5 as n')).records).toEqual([[{ longValue: 5 }]]);
    expect(
      (await execute('select n, m from t', { includeResultMetadata: true })).columnMetadata?.map(
        ({ name, tableName }) => [name, tableName],
      ),
    ).toEqual([
      ['n', 't'],
      ['m', 't'],
    ]);
    const given = await execute('select :a, :b, :a', {
      parameters: [
        { name: 'a', value: { stringValue: 'x' } },
        { name: 'b', value: { isNull: true } },
      ],
    });
    expect(given.records).toEqual([[{ stringValue: 'x' }, { isNull: true }, { stringValue: 'x' }]]);
  });

  test('one statement a call, and one call a transaction', async () => {
    const { execute, begin, commit, refusal, raw } = await service();
    expect(await refusal(execute('select 1; select 2'))).toBe("ValidationException: Multistatements aren't supported.");
    const transactionId = await begin();
    const slow = execute('select sleep(1)', { transactionId });
    await until('a call at work', async () => {
      const [rows] = await raw.query(`select 1 from information_schema.processlist where info = 'select sleep(1)'`);
      return (rows as unknown[]).length > 0;
    });
    expect(await refusal(execute('select 1', { transactionId }))).toBe(
      'DatabaseErrorException: Transaction is still running a query',
    );
    await slow;
    expect((await commit(transactionId)).transactionStatus).toBe('Transaction Committed');
  });

  test('a call has its time; the statement goes on if that was asked for', async () => {
    const { execute, refusal, raw } = await service({ clocks: { scale: 0.01 } });
    await execute('create table t (id int)');
    expect(await refusal(execute('select sleep(1)'))).toMatch(/^StatementTimeoutException/);
    expect(await refusal(execute('insert into t select sleep(1) + 7', { continueAfterTimeout: true }))).toMatch(
      /^StatementTimeoutException/,
    );
    await until('the row', async () => JSON.stringify((await raw.query('select id from t'))[0]) === '[{"id":7}]');
  });

  test.each(['kept', 'gone'] as const)('DDL commits a transaction; its id is %s', async transactionAfterDdl => {
    const { execute, begin, commit, refusal, raw } = await service({ mysql: { switches: { transactionAfterDdl } } });
    await execute('create table t (id int)');
    const transactionId = await begin();
    await execute('insert into t values (1)', { transactionId });
    await execute('create table u (id int)', { transactionId });
    const after = await refusal(execute('insert into t values (2)', { transactionId }));
    expect(after).toMatch(transactionAfterDdl === 'kept' ? /^accepted$/ : /^TransactionNotFoundException/);
    expect(await refusal(commit(transactionId))).toMatch(
      transactionAfterDdl === 'kept' ? /^accepted$/ : /^TransactionNotFoundException/,
    );
    expect(await raw.query('select min(id) as id from t').then(([rows]) => rows)).toEqual([{ id: 1 }]);
  });

  test('what MySQL cannot prepare, rows of a CALL and the wording of errors are switches', async () => {
    const executed = await service({ mysql: { switches: { callRows: false, errors: 'driver' } } });
    await executed.execute('create procedure p() select 1');
    expect((await executed.execute('call p()')).records).toBeUndefined();
    expect(await executed.refusal(executed.execute('select * from nothing'))).toMatch(
      /^DatabaseErrorException: 1146 \(42S02\): Table '.*nothing' doesn't exist$/,
    );
    const refused = await service({ mysql: { switches: { unprepared: 'refused', errors: 'code' } } });
    expect(await refused.refusal(refused.execute('create procedure p() select 1'))).toBe(
      'DatabaseErrorException: Database error code: 1295. Message: This command is not supported in the prepared statement protocol yet',
    );
  });
});
