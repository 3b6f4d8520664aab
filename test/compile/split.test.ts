import { describe, expect, test } from 'vitest';
import { compileOne, statementsOf } from './folder.ts';

/** A script and its pieces: a statement as text, what is left out in brackets. */
const SCRIPTS: readonly [sql: string, pieces: string[], lines: number[]][] = [
  ['select 1', ['select 1'], [1]],
  ['select 1;', ['select 1;'], [1]],
  ['select 1;\n', ['select 1;', '[\n]'], [1]],
  ['select 1 -- end', ['select 1', '[ -- end]'], [1]],
  ['-- a\n/* b */ select 1; -- c\nselect 2 -- d\n;', ['-- a\n/* b */ select 1;', ' -- c\nselect 2 -- d\n;'], [2, 3]],
  ['', [], []],
  ['-- nothing\n\n/* at all */', ['[-- nothing\n\n/* at all */]'], []],
  [';', ['[;]'], []],
  ['select 1;; ;select 2;;', ['select 1;', '[; ;]', 'select 2;', '[;]'], [1, 1]],
  [';-- a\n;select 1', ['[;-- a\n;]', 'select 1'], [2]],
  ['select 1; -- a\n; -- b\nselect 2', ['select 1;', '[ -- a\n;]', ' -- b\nselect 2'], [1, 3]],
  // a transaction around the file
  ['-- a\nBEGIN;\nselect 1;\nCOMMIT;\n', ['[-- a\nBEGIN;]', '\nselect 1;', '[\nCOMMIT;\n]'], [3]],
  ['begin work; select 1; select 2; end', ['[begin work;]', ' select 1;', ' select 2;', '[ end]'], [1, 1]],
  ['START TRANSACTION;COMMIT', ['[START TRANSACTION;COMMIT]'], []],
  // the client
  ['\\restrict a\n\nselect 1;\n\\unrestrict a\n', ['[\\restrict a]', '\n\nselect 1;', '[\n\\unrestrict a\n]'], [3]],
  ["-- é\n\\restrict é\n-- b\nselect 'é';", ['[-- é\n\\restrict é]', "\n-- b\nselect 'é';"], [4]],
  ['set transaction_timeout = 0; select 1', ['[set transaction_timeout = 0;]', ' select 1'], [1]],
  // literals, comments, bodies
  ['select $$ a :b; c $$; select 2', ['select $$ a :b; c $$;', ' select 2'], [1, 1]],
  ['select $a$ $$;$$ $b$ ; $a$', ['select $a$ $$;$$ $b$ ; $a$'], [1]],
  [
    "select 'it''s; :x', E'\\';', U&'d\\0061;', b'1'; select 2",
    ["select 'it''s; :x', E'\\';', U&'d\\0061;', b'1';", ' select 2'],
    [1, 1],
  ],
  ['select a$b$ from "x;""y" a$b$; select 1', ['select a$b$ from "x;""y" a$b$;', ' select 1'], [1, 1]],
  ['select 1 /* ; /* ; */ ; */; -- ; \nselect 2', ['select 1 /* ; /* ; */ ; */;', ' -- ; \nselect 2'], [1, 2]],
  [
    'create function f() returns int begin atomic select 1; select case when true then 2 end; end; select 1',
    ['create function f() returns int begin atomic select 1; select case when true then 2 end; end;', ' select 1'],
    [1, 1],
  ],
  [
    'create rule r as on insert to a do also (insert into b values (1); notify c); select 1',
    ['create rule r as on insert to a do also (insert into b values (1); notify c);', ' select 1'],
    [1, 1],
  ],
  [
    'create schema s create table t (a int) create view v as select * from t; select 1',
    ['create schema s create table t (a int) create view v as select * from t;', ' select 1'],
    [1, 1],
  ],
  ["select '日本😀'; select 'é';\r\nselect 3", ["select '日本😀';", " select 'é';", '\r\nselect 3'], [1, 1, 2]],
  [
    "-- migrate:up\r\nselect '-- migrate:down\n-- migrate:down';",
    ["-- migrate:up\r\nselect '-- migrate:down\n-- migrate:down';"],
    [2],
  ],
  ['do $$\n-- migrate:down\nbegin end $$', ['do $$\n-- migrate:down\nbegin end $$'], [1]],
  ['/*\n-- migrate:down\n*/ select 1', ['/*\n-- migrate:down\n*/ select 1'], [3]],
];

describe('pieces', () => {
  test.each(SCRIPTS)('%j', async (sql, pieces, lines) => {
    const { up } = await compileOne(sql);
    expect(up.content).toBe(sql);
    expect(up.facts.lines).toEqual(lines);
    const bytes = Buffer.from(up.content);
    let at = 0;
    const found = up.facts.pieces.map(length => {
      const text = bytes.subarray(at, at + Math.abs(length)).toString();
      at += Math.abs(length);
      return length < 0 ? `[${text}]` : text;
    });
    expect(found).toEqual(pieces);
    expect(at).toBe(bytes.length);
  });
});

describe('a file', () => {
  test('with both sections is cut at the down line, and keeps its line numbers', async () => {
    const text = '-- Migration: x\n-- migrate:up\ncreate table a (b int);\n\n-- migrate:down\n-- bye\ndrop table a;\n';
    const { up, down, revertible, statements } = await compileOne(text);
    expect(up.content).toBe('-- Migration: x\n-- migrate:up\ncreate table a (b int);\n\n');
    expect(down!.content).toBe('-- migrate:down\n-- bye\ndrop table a;\n');
    expect(up.facts.lines).toEqual([3]);
    expect(down!.facts.lines).toEqual([7]);
    expect([revertible, statements]).toEqual([true, 1]);
  });

  test('loses its BOM and keeps its CRLF', async () => {
    const { up } = await compileOne("\uFEFFselect 1;\r\nselect 'a\r\nb';\r\n");
    expect(up.content).toBe("select 1;\r\nselect 'a\r\nb';\r\n");
    expect(up.facts.lines).toEqual([1, 2]);
  });

  test('may hold a statement of 3 MB', async () => {
    const literal = `'${'é:x;'.repeat(600_000)}'`;
    const { up } = await compileOne(`select 1;\nselect ${literal};\nselect 2`);
    expect(statementsOf({ up })).toEqual(['select 1;', `\nselect ${literal};`, '\nselect 2']);
  });
});
