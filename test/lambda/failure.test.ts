import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  describeByHand,
  describeFailure,
  describeProblems,
  describeThrown,
  describeUnfinished,
  toThrown,
} from '../../lambda/failure.ts';
import { cutText } from '../../lambda/text.ts';
import { MigrationError } from '../../lib/core/errors.ts';
import type { FailureReport } from '../../lib/core/report.ts';
import type { Engine } from '../../lib/engine/engine.ts';
import { mysql } from '../../lib/engine/mysql/index.ts';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import { examples } from '../faults/random.ts';

const failure: FailureReport = {
  code: '42P01',
  message: 'relation "users" does not exist',
  detail: 'row (secret)',
  hint: null,
  statement: 2,
  file: 'sql/002_a.sql',
  line: 3,
  column: 5,
  remedy: 'It was rolled back completely. Fix the file and run again',
};
const of = (engine: Engine, before = 0) => ({
  before,
  shownBy: 'See it with: aurora-migrations history --stack Shop',
  engine,
});
const bytes = (text: string) => Buffer.byteLength(JSON.stringify(text));

describe('the message of a failed deploy', () => {
  test('says where, what and what to do, and no row values', () => {
    expect(describeFailure('002_a', failure, of(postgresql()))).toBe(
      'sql/002_a.sql:3:5: relation "users" does not exist (SQLSTATE 42P01, statement 2)\nIt was rolled back completely. Fix the file and run again.\nSee it with: aurora-migrations history --stack Shop',
    );
    expect(describeFailure('002_a', { ...failure, hint: 'Make it.' }, of(postgresql(), 2))).toContain(
      '\nHint: Make it.\nIt was rolled back completely. Fix the file and run again.\n2 before it were applied and stay.',
    );
  });

  test.each([
    [
      "Duplicate entry 'it's secret' for key 'users.email' (error 1062)",
      "Duplicate entry … for key 'users.email' (error 1062)",
    ],
    ["Duplicate entry 'a' for key 'b' for key 't.k'", "Duplicate entry … for key 't.k'"],
    [
      "Incorrect integer value: 'secret' for column 'n' at row 1 (error 1366)",
      "Incorrect integer value: … for column 'n' at row 1 (error 1366)",
    ],
    [
      "Incorrect string value: '\\xF0\\x9F' for column 't' at row 1",
      "Incorrect string value: … for column 't' at row 1",
    ],
    [
      "Incorrect datetime value: 'secret' for function str_to_date (error 1411)",
      'Incorrect datetime value: … for function str_to_date (error 1411)',
    ],
    [
      "Truncated incorrect DOUBLE value: 'it's\nsecret' (error 1292)",
      'Truncated incorrect DOUBLE value: … (error 1292)',
    ],
    ["Truncated incorrect INTEGER value: 'secret'", 'Truncated incorrect INTEGER value: …'],
    ['Table has no partition for value 4711 (error 1526)', 'Table has no partition for value … (error 1526)'],
    ["Data too long for column 'n' at row 1 (error 1406)", "Data too long for column 'n' at row 1 (error 1406)"],
    ["Unknown column 'value' in 'field list' (error 1054)", "Unknown column 'value' in 'field list' (error 1054)"],
  ])('of MySQL quotes no value: %s', (message, told) => {
    expect(describeFailure('002_a', { ...failure, message }, of(mysql()))).toContain(`:5: ${told} (SQLSTATE`);
  });

  test('without a place names the migration', () => {
    const unknown = { ...failure, file: null, line: null, column: null, code: null, statement: null };
    expect(describeFailure('R__view', unknown, of(postgresql()))).toMatch(
      /^R__view: relation "users" does not exist\n/,
    );
  });

  test('fits whatever the database says, and keeps the way out', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 8000 }),
        fc.option(fc.string({ unit: 'binary', maxLength: 3000 })),
        (message, hint) => {
          const text = describeFailure('002_a', { ...failure, message: message.repeat(3), hint }, of(postgresql(), 12));
          expect(bytes(text)).toBeLessThan(2000);
          expect(text).toMatch(/^sql\/002_a\.sql:3:5: /);
          expect(text).toContain('It was rolled back completely. Fix the file and run again.');
          expect(text).toMatch(/\nSee it with: aurora-migrations history --stack Shop$/);
        },
      ),
      { numRuns: examples(60) },
    );
  });

  test('of many problems fits too, each with its remedy', () => {
    const problem = { code: 'changed', message: 'm'.repeat(5000), remedy: 'Undo the edit' };
    const text = describeProblems(Array.from({ length: 9 }, () => problem));
    expect(bytes(text)).toBeLessThan(2000);
    expect(text.match(/Undo the edit\./g)?.length).toBe(4);
    expect(text).toMatch(/\nAnd 5 more: see the logs\.$/);
  });

  test('of a deploy whose time is over fits whatever was heard last, and keeps what to do', () => {
    const heard = describeProblems([{ code: 'no-answer', message: 'm'.repeat(9000), remedy: 'r'.repeat(9000) }]);
    const text = describeUnfinished(
      '54 of 55 minutes',
      `3 applied, the newest 003_c; 9 left: ${'n'.repeat(290)}`,
      heard,
    );
    expect(bytes(text)).toBeLessThan(2000);
    expect(text).toMatch(/^Not all migrations were applied within 54 of 55 minutes: 3 applied, /);
    expect(text).toContain('deploy again to go on with the rest.\nThe last that was heard: mmm');
    expect(describeUnfinished('5 of 5 minutes', null, '')).toBe(
      'Not all migrations were applied within 5 of 5 minutes. What is applied stays, what still runs in the database goes on; deploy again to go on with the rest.',
    );
  });

  test('of what was thrown', () => {
    const known = new MigrationError({ code: 'x', message: 'It is off', remedy: 'Turn it on' });
    expect(describeThrown(known)).toBe('It is off. Turn it on.');
    expect(describeThrown(new TypeError('x is not a function'))).toBe('TypeError: x is not a function');
    expect(describeByHand(new TypeError('x is not a function'))).toBe('TypeError: x is not a function');
    const command = `Run --secret-arn ${'x'.repeat(600)}`;
    const long = new MigrationError({ code: 'read-only', message: 'No', remedy: command });
    expect(describeThrown(long)).toContain('…');
    expect(describeByHand(long), 'a command stays whole').toBe(`No. ${command}.`);
  });

  test("has a stack of one line, for CDK's framework sends that to CloudFormation", () => {
    const { message, stack } = toThrown('first\nsecond');
    expect(message).toBe('first\nsecond');
    expect(stack).toBe('MigrationFailed: first');
  });
});

describe('a text that is cut', () => {
  test('keeps its beginning and its end', () => {
    const cut = cutText(`begin ${'x'.repeat(500)} end`, 100);
    expect(cut).toMatch(/^begin x+ … x+ end$/);
    expect(bytes(cut)).toBeLessThanOrEqual(100);
  });

  test('is counted as JSON', () => {
    const cut = cutText('"\\\n'.repeat(100), 100);
    expect(bytes(cut)).toBeLessThanOrEqual(100);
  });

  test('loses what nobody can read', () => {
    expect(cutText('a\u0007b\ud800c\nd', 100)).toBe('a b c\nd');
  });
});
