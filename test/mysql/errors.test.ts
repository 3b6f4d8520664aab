import { describe, expect, test } from 'vitest';
import { parseMysql } from '../../lib/data-api/mysql-errors.ts';

const MESSAGE = "Table 'app.users' already exists";

describe('errors of MySQL, in every form that the service may give them', () => {
  test.each([
    [`Database error code: 1050. Message: ${MESSAGE}`, undefined],
    [`Database error code: 1050. Message: ${MESSAGE}; SQLState: 42S01`, '42S01'],
    [`${MESSAGE}; Error code: 1050; SQLState: 42S01`, '42S01'],
    [`1050 (42S01): ${MESSAGE}`, '42S01'],
    [`ERROR 1050 (42S01): ${MESSAGE}`, '42S01'],
    [`error returned from database: 1050 (42S01): ${MESSAGE}`, '42S01'],
  ])('%s', (text, sqlState) => {
    expect(parseMysql(text)).toEqual({ message: MESSAGE, errorCode: 1050, sqlState, outcome: 'failed', busy: false });
  });

  test('the message alone is an answer of the database', () => {
    expect(parseMysql(MESSAGE)).toMatchObject({ message: MESSAGE, errorCode: undefined, outcome: 'failed' });
  });

  test.each([
    'Database error code: 2013. Message: Lost connection to MySQL server during query',
    'Server shutdown in progress; Error code: 1053; SQLState: 08S01',
    'Lost connection to MySQL server during query',
    'MySQL server has gone away',
  ])('a lost connection is none: %s', text => expect(parseMysql(text)?.outcome).toBe('unknown'));

  test('before any statement', () => {
    expect(parseMysql("1049 (42000): Unknown database 'x'")).toMatchObject({ outcome: 'not-run', busy: false });
    expect(parseMysql('1040 (08004): Too many connections')).toMatchObject({ outcome: 'not-run', busy: true });
  });

  test.each([
    'Database returned SQL Exception',
    'ERROR: relation "embeddings" already exists; SQLState: 42P07',
    'ERROR: relation "no_such_table_xyz" does not exist; Position: 15; SQLState: 42P01',
  ])('not of MySQL: %s', text => expect(parseMysql(text)).toBeUndefined());
});
