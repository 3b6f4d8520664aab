import { describe, expect, test } from 'vitest';
import { caret } from '../../lib/core/errors.ts';
import { compileFiles } from './folder.ts';

/** What does not parse: where, in PostgreSQL's words, and what to do. */
const BROKEN: readonly [sql: string, place: string, message: string, remedy: string][] = [
  ["select 1;\nselect 'abc;\nselect 2;\n", '2:8', 'unterminated quoted string at or near "\'abc;…"', 'written twice'],
  ["select 'é', '日本😀', 'abc", '1:20', 'unterminated quoted string at or near "\'abc"', 'Close the quote'],
  ["select E'a\\'", '1:8', 'unterminated quoted string', 'Close the quote'],
  [
    'select 1;\n  do $x$ begin end $$;',
    '2:6',
    'unterminated dollar-quoted string at or near "$x$ begin end $$;"',
    'dollar tag',
  ],
  ['select 1; /* a /* b */ c', '1:11', 'unterminated /* comment', 'comments nest'],
  ['select "abc', '1:8', 'unterminated quoted identifier', 'double quote'],
  ['create tabel a (b int);', '1:8', 'syntax error at or near "tabel"', 'grammar of PostgreSQL 17'],
  ['/* 😀 é */ selec 1;', '1:11', 'syntax error at or near "selec"', 'Correct the statement'],
  ['create table a (b int', '1:22', 'syntax error at end of input', 'Complete the last statement'],
  ['select 1;\ncreate table a (\n  b int,\n)', '4:1', 'syntax error at or near ")"', 'Correct'],
  ['select\u00A01 from a', '1:1', 'syntax error at or near', 'Correct the statement'],
  ['select 1;\n\uFEFFselect 2;', '2:1', 'syntax error at or near', 'invisible character'],
  ['select * from :tab', '1:15', 'syntax error at or near ":"', 'psql'],
  ['create table `a` (b int)', '1:14', 'syntax error at or near "`"', 'MySQL'],
  ['DELIMITER //\nselect 1//', '1:1', 'syntax error at or near "DELIMITER"', 'MySQL'],
  ["select U&'\\zzzz'", '1:11', 'invalid Unicode escape', 'Correct'],
  ['select a.""', '1:10', 'zero-length delimited identifier', 'Correct'],
];

describe('syntax errors', () => {
  test.each(BROKEN)('%s', async (sql, place, message, remedy) => {
    const { errors } = await compileFiles({ '1_m.sql': sql });
    expect(errors.map(error => `${error.place?.line}:${error.place?.column} ${error.code}`)).toEqual([
      `${place} syntax`,
    ]);
    expect(errors[0]!.message).toContain(message);
    expect(errors[0]!.remedy).toContain(remedy);
  });

  test.each(BROKEN)('in a down section, with CRLF: %s', async (sql, place) => {
    const [line, column] = place.split(':');
    const { errors } = await compileFiles({
      '1_m.sql': `\uFEFFselect 'é';\n-- migrate:down\n${sql}`.replaceAll('\n', '\r\n'),
    });
    expect(errors.map(error => `${error.place?.line}:${error.place?.column}`)).toEqual([
      `${Number(line) + 2}:${column}`,
    ]);
  });

  test('the caret stands under the place', async () => {
    const { errors } = await compileFiles({ '1_m.sql': "select 1;\r\n\tselect 'é', x y z;\r\n" });
    expect(caret(errors[0]!.place!)).toBe("    \tselect 'é', x y z;\n    \t                ^");
  });

  test('one mistake does not hide the next', async () => {
    const sql =
      'selec 1;\nselect 2;\ncreate tabel a ();\ncreate function f() returns int begin atomic selec; end;\nfrom a;';
    const { errors } = await compileFiles({ '1_m.sql': sql });
    expect(errors.map(({ place, code }) => `${place?.line}:${place?.column} ${code}`)).toEqual([
      '1:1 syntax',
      '3:8 syntax',
      '4:46 syntax',
      '5:1 syntax',
    ]);
  });

  test('a message never quotes the rest of the file', async () => {
    const { errors } = await compileFiles({ '1_m.sql': `select '${'x'.repeat(3_000_000)}` });
    expect(errors[0]!.message.length).toBeLessThan(200);
  });

  test('an expression that is too deep for the parser is an error of its own file', async () => {
    const deep = `select ${Array(20_000).fill('1').join('+')}`;
    const { errors, manifest } = await compileFiles({ '1_deep.sql': deep, '2_fine.sql': 'select 1' });
    expect(errors.map(({ migration, message }) => `${migration} ${message}`)).toEqual([
      '1_deep stack depth limit exceeded',
    ]);
    expect(manifest.migrations.map(({ name, statements }) => `${name} ${statements}`)).toContain('2_fine 1');
  });
});
