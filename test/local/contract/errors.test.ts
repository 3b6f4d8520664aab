import { BadRequestException, DatabaseErrorException, ExecuteStatementCommand } from '@aws-sdk/client-rds-data';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, failure, localTest, refusal } from './target.ts';

describe('errors', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  test.each([
    ['selekt 1', 'ERROR: syntax error at or near "selekt"; Position: 1; SQLState: 42601'],
    [
      'select * from no_such_table_xyz',
      'ERROR: relation "no_such_table_xyz" does not exist; Position: 15; SQLState: 42P01',
    ],
    ['select 1 / 0', 'ERROR: division by zero; SQLState: 22012'],
    ['create schema public', 'ERROR: schema "public" already exists; SQLState: 42P06'],
  ])('%s', async (sql, message) => {
    const error = await failure(api.execute(sql));
    expect(error).toBeInstanceOf(DatabaseErrorException);
    expect(error).not.toBeInstanceOf(BadRequestException);
    expect(error.message).toBe(message);
  });

  const raise = "do 'begin raise exception ''no'' using hint = ''ask''; end'";

  test('an error inside of a function does not say where', async () => {
    expect(await refusal(api.execute(raise))).toBe('DatabaseErrorException: ERROR: no; Hint: ask; SQLState: P0001');
  });

  localTest('where an error happened is a switch', async () => {
    await using switched = await contract({ switches: { where: true } });
    expect(await refusal(switched.execute(raise))).toMatch(
      /^DatabaseErrorException: ERROR: no; Hint: ask; Where: PL\/pgSQL function .*; SQLState: P0001$/s,
    );
  });

  localTest('the detail is a switch', async () => {
    const insert = `do 'begin raise exception ''no'' using detail = ''row 1''; end'`;
    expect(await refusal(api.execute(insert))).toMatch(/ERROR: no; Detail: row 1; /);
    await using without = await contract({ switches: { detail: false } });
    expect(await refusal(without.execute(insert))).not.toMatch(/row 1/);
  });

  localTest('a dollar quote without an end is a switch', async () => {
    const cut = 'do $$ begin select 1';
    expect(await refusal(api.execute(cut))).toBe('DatabaseErrorException: Database returned SQL Exception');
    await using switched = await contract({ switches: { unterminatedDollarQuote: 'error' } });
    expect(await refusal(switched.execute(cut))).toMatch(/ERROR: unterminated dollar-quoted string .*SQLState: 42601$/);
  });

  test('COPY to the client', async () => {
    expect(await refusal(api.execute('copy (select 1) to stdout'))).toBe(
      'DatabaseErrorException: execute: unexpected message: CopyOutResponse',
    );
    expect(await api.value('select 1')).toEqual({ longValue: 1 });
  });

  test('COPY from the client', async () => {
    const table = api.table();
    await api.execute(`create table ${table} (id int)`);
    expect(await refusal(api.execute(`copy ${table} from stdin`))).toMatch(/^DatabaseErrorException: /);
    expect(await api.value('select 1')).toEqual({ longValue: 1 });
  });

  test('an unknown database', async () => {
    expect(await refusal(api.execute('select 1', { database: 'no_such_database' }))).toBe(
      'DatabaseErrorException: ERROR: database "no_such_database" does not exist; SQLState: 3D000',
    );
  });

  localTest('a wrong secret, a wrong cluster', async () => {
    const secretArn = api.target.secretArn.replace('local', 'other');
    expect(await refusal(api.execute('select 1', { secretArn }))).toMatch(/^SecretsErrorException: /);
    const resourceArn = api.target.resourceArn.replace('local', 'other');
    expect(await refusal(api.execute('select 1', { resourceArn }))).toBe(
      `HttpEndpointNotEnabledException: HttpEndPoint is not enabled for ${resourceArn}`,
    );
  });

  test('a request without what it needs', async () => {
    const { resourceArn, secretArn } = api.target;
    const call = api.client.send(new ExecuteStatementCommand({ resourceArn, secretArn, sql: undefined as never }));
    await expect(call).rejects.toThrow();
    expect(await refusal(api.execute('select 1', { secretArn: 'short' }))).toMatch(/^ValidationException: /);
  });
});
