import { describe, expect, test } from 'vitest';
import { giveVersions, joinDotted, nameOf, plainName, repeatableNames } from '../../lib/import/naming.ts';

describe('versions', () => {
  const given = (written: (string | null)[], isText = false) =>
    giveVersions(written, isText).map(({ version }) => version);

  test.each([
    // Rising ones stay as they are written.
    [['1', '2', '10'], false, ['1', '2', '10']],
    [['0000', '0001'], true, ['0000', '0001']],
    [['20240101', '20240101120000'], true, ['20240101', '20240101120000']],
    // By text, digits of different length are compared from the left.
    [['10', '9'], true, ['10', '90']],
    [
      ['20240101120000', '202401021200000000', '20240103120000'],
      true,
      ['202401011200000000', '202401021200000000', '202401031200000000'],
    ],
    // Ties, and what does not rise by number, are raised: the others stay.
    [['1', '1', '2', '5'], false, ['1', '2', '3', '5']],
    [['0000', '0001', '0003', '0002', '0004'], true, ['0000', '0001', '0003', '0004', '0005']],
    // Without digits: after the one before.
    [[null, null], false, ['0001', '0002']],
    [['08', null, null], false, ['08', '09', '10']],
    [['99', '99'], false, ['99', '100']],
    [['18446744073709551615', '18446744073709551615'], false, ['18446744073709551615', '18446744073709551616']],
  ])('%j', (written, isText, expected) => {
    expect(given(written, isText)).toEqual(expected);
  });

  test('what has become of them', () => {
    expect(giveVersions(['1', '1', null], false).map(({ rule }) => rule)).toEqual(['kept', 'raised', 'numbered']);
    expect(giveVersions(['10', '9'], true).map(({ rule }) => rule)).toEqual(['kept', 'padded']);
  });

  test('dotted ones', () => {
    expect(joinDotted([['1'], ['1', '1'], ['1', '2'], ['1', '10'], ['2']])).toEqual([
      '100',
      '101',
      '102',
      '110',
      '200',
    ]);
    expect(joinDotted([['1', '01'], ['1', '1', '5'], ['10']])).toEqual(['0110', '0115', '1000']);
  });
});

describe('names', () => {
  test.each([
    ['Mood & touch', 'mood_touch'],
    ['active.users', 'active_users'],
    ['-x-', 'x'],
    ['größe', 'gr_e'],
    ['', 'migration'],
    ['—', 'migration'],
  ])('%j is %j', (title, name) => {
    expect(plainName(title)).toBe(name);
  });

  test('have at most 200 characters', () => {
    expect(nameOf('001', 'a'.repeat(300))).toHaveLength(200);
    expect(nameOf('001', `${'a'.repeat(195)}_b`)).toBe(`001_${'a'.repeat(195)}`);
  });

  test('of repeatable migrations, in the order of the other tool', () => {
    expect(repeatableNames(['a', 'b'])).toEqual(['R__a', 'R__b']);
    expect(repeatableNames(['a b', 'a-b', 'a_b'])).toEqual(['R__01_a_b', 'R__02_a-b', 'R__03_a_b']);
    expect(repeatableNames(['a b', 'a_b'])).toEqual(['R__a_b', 'R__a_b_2']);
    // Capitals come first there.
    expect(repeatableNames(['Zoo', 'ant'])).toEqual(['R__01_zoo', 'R__02_ant']);
  });
});
