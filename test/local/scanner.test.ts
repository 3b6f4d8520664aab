import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scan } from '../../lib/local/postgresql/scanner.ts';

describe('scan', () => {
  test.each([
    ['select :a, :b, :a', 'select $1, $2, $3', ['a', 'b', 'a']],
    ['select :a::int', 'select $1::int', ['a']],
    ['select a::int', 'select a::int', []],
    ['select a[1:2]', 'select a[1$1]', ['2']],
    ['select a[1 : n]', 'select a[1 : n]', []],
    ['a := 1', 'a := 1', []],
    ["'a:b' ':c", "'a:b' ':c", []],
    ["'it''s :a' :b", "'it''s :a' $1", ['b']],
    ['"a:b" :c', '"a:b" $1', ['c']],
    ['-- :a\n:b', '-- :a\n$1', ['b']],
    ['-- :a', '-- :a', []],
    ['/* :a */ :b', '/* :a */ $1', ['b']],
    ['/* :a', '/* :a', []],
    ['$$ :a $$', '$$ $1 $$', ['a']],
    ["$$ it's :a $$ :b", "$$ it's :a $$ :b", []],
    ['a - :b / :c', 'a - $1 / $2', ['b', 'c']],
    [`:${'n'.repeat(500)}`, '$1', ['n'.repeat(500)]],
  ])('%s', (sql, rewritten, names) => {
    expect(scan(sql)).toEqual({ sql: rewritten, names });
  });

  test('a name in several places is one parameter under the switch', () => {
    expect(scan('select :a, :b, :a', { repeatedNames: 'shared' })).toEqual({
      sql: 'select $1, $2, $1',
      names: ['a', 'b'],
    });
  });

  test('the end of a comment in a comment, and a backslash, are switches', () => {
    const nested = '/* /* */ :a */ :b';
    expect(scan(nested).names).toEqual(['a', 'b']);
    expect(scan(nested, { nestedComments: true }).names).toEqual(['b']);
    const escaped = "E'it\\'s :a' || :b'";
    expect(scan(escaped).names).toEqual(['a']);
    expect(scan(escaped, { backslashes: true }).names).toEqual(['b']);
  });

  test('changes nothing where there is no name', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '"', '-', '/', '*', '\n', 'a', '$', ' ', '\\', '::') });
    fc.assert(
      fc.property(text, sql => {
        fc.pre(!/:[A-Za-z0-9_]/.test(sql));
        expect(scan(sql)).toEqual({ sql, names: [] });
      }),
    );
  });
});
