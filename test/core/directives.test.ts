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

  test.each(['--migrate:up', '--  migrate:up  ', '--\tmigrate:up\t'])('%j is one', text => {
    expect(read([text]).up).toBe(0);
  });

  test.each(['-- migrate up', '-- see migrate:up', '-- Migrate:up', '/* migrate:up */', '-- migration:up'])(
    '%j is none',
    text => {
      expect(read([text])).toMatchObject({ up: null, down: null, mistakes: [] });
    },
  );

  test.each([
    [['-- migrate:upp'], 'unknown-directive', '-- migrate:up or -- migrate:down'],
    [['-- migrate:'], 'unknown-directive', '-- migrate:up or -- migrate:down'],
    [['-- migrate: up'], 'unknown-directive', '-- migrate:up or -- migrate:down'],
    [['-- migrate:up transaction=false'], 'unknown-option', 'transaction:true|false and reapply:true|false'],
    [['-- migrate:up transaction:off'], 'unknown-option', 'transaction:true|false and reapply:true|false'],
    [['-- migrate:up please'], 'unknown-option', 'transaction:true|false and reapply:true|false'],
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
