import { describe, expect, test } from 'vitest';
import { parse } from '../../lib/data-api/errors.ts';
import { toRow } from '../../lib/data-api/values.ts';

describe('the texts of the live service are taken apart', () => {
  test.each<[string, { message: string; sqlState?: string; detail?: string; hint?: string; where?: string }]>([
    [
      'ERROR: relation "no_such_table_xyz" does not exist; Position: 15; SQLState: 42P01',
      { message: 'relation "no_such_table_xyz" does not exist', sqlState: '42P01' },
    ],
    [
      'ERROR: relation "embeddings" already exists; SQLState: 42P07',
      { message: 'relation "embeddings" already exists', sqlState: '42P07' },
    ],
    [
      'ERROR: database "USERNAME" does not exist; SQLState: 3D000',
      { message: 'database "USERNAME" does not exist', sqlState: '3D000' },
    ],
    [
      'ERROR: syntax error at or near "SELEKT"; Position: 1; SQLState: 42601',
      { message: 'syntax error at or near "SELEKT"', sqlState: '42601' },
    ],
    [
      'ERROR: operator does not exist: integer = text; Hint: No operator matches the given name and argument types. You might need to add explicit type casts.; Position: 36; SQLState: 42883',
      {
        message: 'operator does not exist: integer = text',
        sqlState: '42883',
        hint: 'No operator matches the given name and argument types. You might need to add explicit type casts.',
      },
    ],
    [
      'ERROR: null value in column "name" of relation "proxy_test" violates not-null constraint; SQLState: 23502',
      {
        message: 'null value in column "name" of relation "proxy_test" violates not-null constraint',
        sqlState: '23502',
      },
    ],
    [
      'ERROR: cannot drop schema test because other objects depend on it; Hint: Use DROP ... CASCADE to drop the dependent objects too.; SQLState: 2BP01',
      {
        message: 'cannot drop schema test because other objects depend on it',
        sqlState: '2BP01',
        hint: 'Use DROP ... CASCADE to drop the dependent objects too.',
      },
    ],
    [
      'ERROR: current transaction is aborted, commands ignored until end of transaction block; SQLState: 25P02',
      { message: 'current transaction is aborted, commands ignored until end of transaction block', sqlState: '25P02' },
    ],
    [
      'ERROR: bind message supplies 0 parameters, but prepared statement "sqlx_s_18" requires 2; SQLState: 08P01',
      {
        message: 'bind message supplies 0 parameters, but prepared statement "sqlx_s_18" requires 2',
        sqlState: '08P01',
      },
    ],
    [
      'ERROR: duplicate key; Detail: Key (a)=(x; Hint of it) already exists.; SQLState: 23505',
      { message: 'duplicate key', detail: 'Key (a)=(x; Hint of it) already exists.', sqlState: '23505' },
    ],
    [
      'ERROR: two\nlines; and a semicolon; Where: PL/pgSQL function f() line 3 at RAISE\nSQL statement "x; y"; SQLState: P0001',
      {
        message: 'two\nlines; and a semicolon',
        where: 'PL/pgSQL function f() line 3 at RAISE\nSQL statement "x; y"',
        sqlState: 'P0001',
      },
    ],
    [
      'FATAL: terminating connection due to administrator command; SQLState: 57P01',
      { message: 'terminating connection due to administrator command', sqlState: '57P01' },
    ],
    [
      'ERROR: syntax error at or near "`"\n  Position: 22; SQLState: 42601',
      { message: 'syntax error at or near "`"\n  Position: 22', sqlState: '42601' },
    ],
    [
      "Table 'x' already exists; Error code: 1050; SQLState: 42S01",
      { message: "Table 'x' already exists", sqlState: '42S01' },
    ],
    [
      "Amazon S3 client returned 'timed out', SQLState 38000",
      { message: "Amazon S3 client returned 'timed out', SQLState 38000" },
    ],
    ['Transaction is still running a query', { message: 'Transaction is still running a query' }],
    ['Database returned SQL Exception', { message: 'Database returned SQL Exception' }],
    ['', { message: '' }],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual({
      sqlState: undefined,
      detail: undefined,
      hint: undefined,
      where: undefined,
      ...expected,
    });
  });
});

test('a field of a kind that the service had not when this was written', () => {
  expect(() => toRow([{ decimalValue: '1' } as never])).toThrow('A field of a kind that is not known: decimalValue');
});
