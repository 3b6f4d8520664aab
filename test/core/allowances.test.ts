import { describe, expect, test } from 'vitest';
import { readAllowances } from '../../lib/core/allowances.ts';

const read = (...texts: string[]) => readAllowances(texts.map((text, start) => ({ start, text })));

describe('comments that let findings pass', () => {
  test.each([
    ['-- migrate:allow ban-drop-table: unused since May', 'statement', ['ban-drop-table'], 'unused since May'],
    ['-- Migrate:Allow  a-rule , b-rule : two: colons', 'statement', ['a-rule', 'b-rule'], 'two: colons'],
    ['-- migrate:allow-file lock-table: at night', 'file', ['lock-table'], 'at night'],
  ])('%s', (text, scope, rules, reason) => {
    expect(read(text)).toEqual({ allowances: [{ start: 0, scope, rules, reason, by: 'migrate' }], mistakes: [] });
  });

  test.each([
    [
      '-- squawk-ignore ban-drop-column, renaming-table -- why',
      'statement',
      ['ban-drop-column', 'renaming-table'],
      'why',
    ],
    ['/* squawk-ignore ban-truncate-cascade */', 'statement', ['ban-truncate'], ''],
    ['-- squawk-ignore-file', 'file', null, ''],
    ['-- squawk-ignore-file adding-serial-primary-key-field', 'file', ['adding-primary-key'], ''],
  ])("squawk's own: %s", (text, scope, rules, reason) => {
    expect(read(text)).toEqual({ allowances: [{ start: 0, scope, rules, reason, by: 'squawk' }], mistakes: [] });
  });

  test.each([
    ['-- migrate:allow', '"migrate:allow" names no rule'],
    ['-- migrate:allow ban-drop-table', '"migrate:allow" gives no reason'],
    ['-- migrate:allow-file ban-drop-table:  ', '"migrate:allow-file" gives no reason'],
  ])('%s is a mistake', (text, message) => {
    const { allowances, mistakes } = read(text);
    expect([allowances, mistakes.map(mistake => mistake.message)]).toEqual([[], [message]]);
  });

  test.each(['-- allow all', '-- migrate:up', '-- migrate:allowed x: y', '-- we let squawk-ignore this'])(
    '%s is none',
    text => {
      expect(read(text)).toEqual({ allowances: [], mistakes: [] });
    },
  );
});
