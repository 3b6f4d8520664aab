import { describe, expect, test } from 'vitest';
import { readDirectives } from '../../lib/core/directives.ts';

/** Comments, all at the start of a line, before the first statement. */
function read(texts: string[], part?: 'up' | 'down', over: { startsLine?: boolean; afterStatement?: boolean } = {}) {
  return readDirectives(
    texts.map(text => ({ text, startsLine: true, afterStatement: false, ...over })),
    part,
  );
}

describe('directives', () => {
  test('up and down, with options', () => {
    expect(
      read(['-- hello', '-- migrate:up transaction:false reapply:true', '-- migrate:down transaction:false']),
    ).toEqual({
      up: 1,
      down: 2,
      options: { transaction: false, reapply: true },
      downOptions: { transaction: false },
      mistakes: [],
    });
  });

  test.each([
    '--migrate:up',
    '--  migrate:up  ',
    '--\tmigrate:up\t',
    '-- MIGRATE:UP',
    '-- Migrate : Up',
    '-- migrate: up',
  ])('%j is one', text => {
    expect(read([text]).up).toBe(0);
  });

  test.each(['-- migrate up', '-- see migrate:up', '/* migrate:up */', '-- migration:up'])('%j is none', text => {
    expect(read([text])).toMatchObject({ up: null, down: null, mistakes: [] });
  });

  test.each([
    [['-- migrate:upp'], 'unknown-directive', '-- migrate:up or -- migrate:down'],
    [['-- migrate:'], 'unknown-directive', '-- migrate:up or -- migrate:down'],
    [
      ['-- migrate:up transaction=false'],
      'unknown-option',
      'transaction:true|false, reapply:true|false, replaces:NAME and again:NAME',
    ],
    [
      ['-- migrate:up transaction:off'],
      'unknown-option',
      'transaction:true|false, reapply:true|false, replaces:NAME and again:NAME',
    ],
    [
      ['-- migrate:up please'],
      'unknown-option',
      'transaction:true|false, reapply:true|false, replaces:NAME and again:NAME',
    ],
    [['-- migrate:up replaces:users'], 'unknown-option', 'without .sql'],
    [['-- migrate:up replaces:001_a@xyz'], 'unknown-option', 'the beginning of its checksum'],
    [['-- migrate:up again:001_a.sql'], 'unknown-option', 'without .sql'],
    [['-- migrate:replaces 001_a, x'], 'unknown-option', 'without .sql'],
    [['-- migrate:down replaces:001_a'], 'unknown-option', 'Options of migrate:down are transaction:true|false;'],
    [['-- migrate:down reapply:true'], 'unknown-option', 'Options of migrate:down are transaction:true|false;'],
    [['-- migrate:up reapply:true reapply:true'], 'repeated-option', 'Keep one'],
    [['-- migrate:up', '-- migrate:up'], 'repeated-directive', 'Keep one'],
    [['-- migrate:down', '-- migrate:down'], 'repeated-directive', 'Keep one'],
    [['-- migrate:down', '-- migrate:up'], 'misplaced-directive', 'up section first'],
  ])('%j', (texts, code, remedy) => {
    const { mistakes } = read(texts);
    expect(mistakes.map(mistake => mistake.code)).toEqual([code]);
    expect(mistakes[0]!.remedy).toContain(remedy);
    expect(mistakes[0]!.comment).toBe(texts.length - 1);
  });

  test('replaces and again name migrations, in the up line and in lines of their own', () => {
    expect(
      read([
        '-- migrate:up REPLACES:001_a@3f2a9c01,002_b again:R__v,004_d',
        '-- migrate:replaces 003_c 005_e@77b0e1d4',
      ]),
    ).toEqual({
      up: 0,
      down: null,
      options: {
        replaces: [
          { name: '001_a', checksum: '3f2a9c01' },
          { name: '002_b', checksum: null },
          { name: '003_c', checksum: null },
          { name: '005_e', checksum: '77b0e1d4' },
        ],
        again: ['R__v', '004_d'],
      },
      downOptions: {},
      mistakes: [],
    });
  });

  test('an indented one is a mistake, not a comment', () => {
    expect(read(['-- migrate:down'], undefined, { startsLine: false })).toMatchObject({
      down: null,
      mistakes: [{ code: 'misplaced-directive', remedy: expect.stringContaining('line of its own') }],
    });
  });

  test('statements before up are a mistake, before down they are the up section', () => {
    expect(read(['-- migrate:up'], undefined, { afterStatement: true }).mistakes).toMatchObject([
      { code: 'misplaced-directive' },
    ]);
    expect(read(['-- migrate:down'], undefined, { afterStatement: true }).mistakes).toEqual([]);
  });

  test('each file of a pair holds its own section', () => {
    expect(read(['-- migrate:up transaction:false'], 'up')).toMatchObject({
      options: { transaction: false },
      mistakes: [],
    });
    expect(read(['-- migrate:down transaction:false'], 'down')).toMatchObject({
      downOptions: { transaction: false },
      mistakes: [],
    });
    expect(read(['-- migrate:down'], 'up').mistakes).toMatchObject([{ code: 'misplaced-directive' }]);
    expect(read(['-- migrate:up'], 'down').mistakes).toMatchObject([{ code: 'misplaced-directive' }]);
    expect(read(['-- migrate:down'], 'down', { afterStatement: true }).mistakes).toMatchObject([
      { code: 'misplaced-directive' },
    ]);
  });
});
