import { loadModule, scanSync } from '@libpg-query/parser';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { lex } from '../../lib/compile/postgresql/lexer.ts';
import { examples } from '../faults/random.ts';

beforeAll(loadModule);

/** Tokens as `kind text`. */
function tokens(text: string): string[] {
  return lex(text).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);
}

describe('tokens', () => {
  test.each([
    ["'it''s; :x'", ["string 'it''s; :x'"]],
    ["E'\\''", ["string E'\\''"]],
    ["'\\'", ["string '\\'"]],
    ["e'a'\n'\\''", ["string e'a'", "string '\\''"]],
    ["e'a' -- c\n  -- d\n '\\''", ["string e'a'", 'comment -- c', 'comment -- d', "string '\\''"]],
    ["e'a' '\\'", ["string e'a'", "string '\\'"]],
    ["U&'d\\0061' UESCAPE '!'", ["string U&'d\\0061'", 'word UESCAPE', "string '!'"]],
    ['U&"d\\0061""x"', ['quoted U&"d\\0061""x"']],
    ["b'01' x'1F' n'a'", ["string b'01'", "string x'1F'", "string n'a'"]],
    ["b'1''0'", ["string b'1'", "string '0'"]],
    ["x'open", ["unterminated x'open"]],
    ['$$ a :b c $$', ['dollar $$ a :b c $$']],
    ['$a$ $$ $b$a$', ['dollar $a$ $$ $b$a$']],
    ['$é$ x $é$', ['dollar $é$ x $é$']],
    ['a$b$c $1', ['word a$b$c', 'param $1']],
    ['arr[1:2]', ['word arr', 'punctuation [', 'number 1', 'punctuation :', 'number 2', 'punctuation ]']],
    ['a::b := c', ['word a', 'operator ::', 'word b', 'operator :=', 'word c']],
    ['/* a /* b */ c */ d', ['block-comment /* a /* b */ c */', 'word d']],
    ['a--b\nc', ['word a', 'comment --b', 'word c']],
    [
      '1..2 1.5e-3 0xFF_0 1_000 .5',
      ['number 1', 'operator ..', 'number 2', 'number 1.5e-3', 'number 0xFF_0', 'number 1_000', 'number .5'],
    ],
    ['a=-1', ['word a', 'operator =', 'operator -', 'number 1']],
    ['a@-1', ['word a', 'operator @-', 'number 1']],
    ['a*/*c*/b', ['word a', 'operator *', 'block-comment /*c*/', 'word b']],
    ['\\restrict a b\nx', ['psql \\restrict a b', 'word x']],
    ["'open", ["unterminated 'open"]],
    ['$$open', ['unterminated $$open']],
    ['/* open /* */', ['unterminated /* open /* */']],
    ['"open', ['unterminated "open']],
    ['', []],
  ])('%s', (text, expected) => {
    expect(tokens(text)).toEqual(expected);
  });

  test('a literal of 30 MB is one token', () => {
    const text = `E'${'\\n'.repeat(7_000_000)}' '${"''".repeat(7_000_000)}'`;
    expect(lex(text).map(({ end }) => end)).toEqual([14_000_003, text.length]);
  });
});

/** What PostgreSQL's scanner says (n'…' apart, of which it makes two tokens), or undefined where it refuses the text. Parts of one literal are one token to it. */
function oracle(text: string): string[] | undefined {
  try {
    const bytes = Buffer.from(text);
    return scanSync(text)
      .tokens.filter(({ tokenType }) => tokenType !== 275 && tokenType !== 276)
      .map(({ start, end }) => bytes.subarray(start, end).toString());
  } catch {
    return undefined;
  }
}

function ours(text: string): string[] {
  const merged: { start: number; end: number; kind: string }[] = [];
  for (const token of lex(text)) {
    if (token.kind === 'comment' || token.kind === 'block-comment') continue;
    const last = merged.at(-1);
    const between = last && text.slice(last.end, token.start);
    const continues =
      last?.kind === 'string' && text[token.start] === "'" && /[\n\r]/.test(between!) && !between!.includes('/*');
    if (continues) last.end = token.end;
    else merged.push({ ...token });
  }
  return merged.map(({ start, end }) => text.slice(start, end));
}

describe('the scanner of PostgreSQL is the oracle', () => {
  const fragment = fc.constantFrom(
    ...[
      "'",
      "''",
      '"',
      '$$',
      '$a$',
      '$',
      '$1',
      'E',
      'e',
      'U&',
      'b',
      'x',
      '\\\\',
      ' ',
      '\n',
      '\r\n',
      '\t',
      '--',
      '/*',
      '*/',
      '-',
      '+',
      '*',
      '/',
      '<',
      '>',
      '=',
      '!',
      '@',
      '#',
      '|',
      '&',
      '%',
      '^',
      '~',
      '?',
      '`',
      ';',
      ':',
      '::',
      ':=',
      '..',
      '.',
      ',',
      '(',
      ')',
      '[',
      ']',
      '1',
      '0x1f',
      '1.5',
      '1e5',
      '12_3',
      'a',
      'Ab_1',
      'é',
      '日本',
      '😀',
      'select',
      'a$1',
    ],
  );

  test('on anything that it accepts', () => {
    let compared = 0;
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 14 }), fragments => {
        const text = fragments.join('');
        const expected = text.trim() === '' || text.includes('\\') ? undefined : oracle(text);
        if (!expected) return;
        compared++;
        expect(ours(text)).toEqual(expected);
      }),
      { numRuns: examples(20_000) },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});

// Tried in all the ways to part the dashes, it takes minutes.
test('a ruler behind an escaped string costs no more than its length', { timeout: 5000 }, () => {
  const kinds = lex(`E'x' ${'-'.repeat(46)}\n1`).map(({ kind }) => kind);
  expect(kinds).toEqual(['string', 'comment', 'number']);
});
