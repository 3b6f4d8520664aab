import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fit, oneLine, printable, width, wrap } from '../../../lib/cli/render/text.ts';

describe('width', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['größe', 5],
    ['e\u0301', 1],
    ['日本', 4],
    ['✓', 1],
    ['🎉', 2],
    ['👩‍👩‍👧', 2],
  ])('%s takes %i columns', (text, columns) => {
    expect(width(text)).toBe(columns);
  });
});

describe('fit', () => {
  test.each([
    ['002_add_users', 20, '002_add_users'],
    ['002_add_users', 13, '002_add_users'],
    ['002_add_users', 12, '002_add_use…'],
    ['日本語日本語', 5, '日本…'],
    ['日本語日本語', 6, '日本…'],
    ['ab', 1, '…'],
  ])('%s in %i columns', (text, columns, cut) => {
    expect(fit(text, columns)).toBe(cut);
  });
});

describe('wrap', () => {
  test.each([
    ['one two three', 7, ['one two', 'three']],
    ['one two three', 80, ['one two three']],
    ['one\ntwo', 80, ['one', 'two']],
    ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
    ['a abcdefghij b', 4, ['a', 'abcd', 'efgh', 'ij b']],
    ['', 10, ['']],
    ['x', Number.POSITIVE_INFINITY, ['x']],
  ])('%s in %i columns', (text, columns, lines) => {
    expect(wrap(text, columns)).toEqual(lines);
  });

  test('no line is wider than asked, no word is lost', () => {
    const words = fc.array(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).filter(word => !/\s/.test(word)),
    );
    fc.assert(
      fc.property(words, fc.integer({ min: 2, max: 40 }), (parts, columns) => {
        const lines = wrap(parts.join(' '), columns);
        for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(parts.join(''));
      }),
    );
  });
});

describe('printable', () => {
  test.each([
    ['a\u001b[31mred', 'a\ufffd[31mred'],
    ['a\r\nb\rc', 'a\nb\nc'],
    ['a\tb', 'a  b'],
    ['\u009b2J', '\ufffd2J'],
    ['größe 日本', 'größe 日本'],
  ])('%j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('on one line', () => {
    expect(oneLine('  a\n\tb  c ')).toBe('a b c');
  });
});
