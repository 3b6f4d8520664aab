import { expect, test } from 'vitest';
import { problem, problems } from '../../../lib/cli/render/problem.ts';
import type { Problem } from '../../../lib/core/errors.ts';
import { fakeScreen, shown } from '../fixtures.ts';

const MISSPELT: Problem = {
  code: 'unknown-directive',
  message: 'there is no directive "-- migrate:upp"',
  remedy: 'Write "-- migrate:up" or "-- migrate:down"',
  place: { file: 'sql/migrations/003_x.sql', line: 12, column: 4, text: '-- migrate:upp' },
};

function rendered(value: Problem, options: Parameters<typeof fakeScreen>[0] = {}, kind?: 'warning') {
  return shown(problem(value, fakeScreen(options), kind));
}

test('file:line:column: what, what to do, the line, a caret', () => {
  expect(rendered(MISSPELT, { width: 160 })).toMatchInlineSnapshot(`
    "sql/migrations/003_x.sql:12:4: there is no directive "-- migrate:upp". Write "-- migrate:up" or "-- migrate:down".
      12 │ -- migrate:upp
         │    ^
    "
  `);
});

test('of a thousand that differ in their place only, one is printed, with their number', () => {
  const all = Array.from({ length: 1000 }, (_, at) => ({ ...MISSPELT, place: { file: 'a.sql', line: at + 1 } }));
  const other: Problem = { ...MISSPELT, message: 'something else' };
  expect(
    shown(problems([...all, other, { ...MISSPELT, code: 'again' }], fakeScreen({ width: 160 }))),
  ).toMatchInlineSnapshot(`
    "a.sql:1: there is no directive "-- migrate:upp". Write "-- migrate:up" or "-- migrate:down".
      and 999 times more (a.sql:2, a.sql:3, a.sql:4, …)

    sql/migrations/003_x.sql:12:4: something else. Write "-- migrate:up" or "-- migrate:down".
      12 │ -- migrate:upp
         │    ^

    sql/migrations/003_x.sql:12:4: there is no directive "-- migrate:upp". Write "-- migrate:up" or "-- migrate:down".
      12 │ -- migrate:upp
         │    ^

    "
  `);
});

test('80 columns', () => {
  expect(rendered(MISSPELT)).toMatchInlineSnapshot(`
    "sql/migrations/003_x.sql:12:4: there is no directive "-- migrate:upp". Write
      "-- migrate:up" or "-- migrate:down".
      12 │ -- migrate:upp
         │    ^
    "
  `);
});

test('in colour', () => {
  expect(rendered(MISSPELT, { width: 160, color: true })).toMatchInlineSnapshot(`
    "<red>sql/migrations/003_x.sql:12:4: </>there is no directive "-- migrate:upp". Write "-- migrate:up" or "-- migrate:down".
    <dim>  12 │ </>-- migrate:upp
    <dim>     │ </>   <red>^</>
    "
  `);
});

test('a warning is called so', () => {
  expect(rendered(MISSPELT, { width: 160 }, 'warning')).toMatch(/^sql\/migrations\/003_x\.sql:12:4: warning: there is/);
});

test('without a place', () => {
  expect(
    rendered({ code: 'x', message: 'The folder is empty', remedy: 'Create a migration: aurora-migrations new NAME.' }),
  ).toBe('The folder is empty. Create a migration: aurora-migrations new NAME.\n');
});

test.each([
  ['a long line is cut around the column', `${'x '.repeat(500)}HERE${' y'.repeat(500)}`, 1001],
  ['the end of a long line', `${'x'.repeat(2000)}`, 2001],
  ['tabs', '\t\tSELECT HERE', 10],
])('%s', (_, text, column) => {
  const [, line = '', caret = ''] = rendered(
    { ...MISSPELT, place: { file: 'a.sql', line: 1, column, text } },
    { width: 80 },
  )
    .split('\n')
    .slice(-4);
  expect(line.length).toBeLessThanOrEqual(80);
  expect(caret.endsWith('^')).toBe(true);
  expect(line.slice(caret.length - 1, caret.length + 3)).toBe(text.includes('HERE') ? 'HERE' : '');
});
