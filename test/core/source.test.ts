import { describe, expect, test } from 'vitest';
import { formatSource, readSource, SOURCE_TOOLS } from '../../lib/core/source.ts';

describe('the source of a file', () => {
  test('is read from its first line', () => {
    expect(readSource('-- Source: goose 20240104120000\nSELECT 1;')).toEqual({ tool: 'goose', id: '20240104120000' });
    expect(readSource('-- Source: sqlx 12\r\nSELECT 1;')).toEqual({ tool: 'sqlx', id: '12' });
    expect(readSource('-- Source: sql-migrate 10 add mood.sql')).toEqual({
      tool: 'sql-migrate',
      id: '10 add mood.sql',
    });
  });

  test('has details behind two blanks', () => {
    expect(readSource('-- Source: drizzle 1704110400123  0000_ghost  5d9b')).toEqual({
      tool: 'drizzle',
      id: '1704110400123',
      details: ['0000_ghost', '5d9b'],
    });
  });

  test.each([
    '-- Source: dashboard',
    '-- Source: analytics.orders goose 1',
    '-- Source: goose',
    '-- Source: Goose 1',
    '-- source: goose 1',
    '--Source: goose 1',
    '\n-- Source: goose 1',
    '-- Migration: x\n-- Source: goose 1',
    '/* Source: goose 1 */',
    '',
  ])('is not in %j', text => {
    expect(readSource(text)).toBe(null);
  });

  test.each(SOURCE_TOOLS)('of %s comes back as it was written', tool => {
    const source = { tool, id: 'a b/c.sql', details: ['one', 'two words'] };
    expect(readSource(`${formatSource(source)}\nSELECT 1;`)).toEqual(source);
  });

  test('is not written where it could not be read again', () => {
    for (const id of ['', ' 1', '1 ', 'two  blanks', 'two\nlines'])
      expect(formatSource({ tool: 'goose', id })).toBe(null);
  });
});
