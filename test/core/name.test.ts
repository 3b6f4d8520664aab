import { describe, expect, test } from 'vitest';
import { readFileName } from '../../lib/core/name.ts';

describe('the name of a file', () => {
  test.each([
    ['002_add_users.sql', '002_add_users', '002', 'add users', 'whole'],
    ['2_a.sql', '2_a', '2', 'a', 'whole'],
    [
      '20250115093000123456_create-x_2.sql',
      '20250115093000123456_create-x_2',
      '20250115093000123456',
      'create x 2',
      'whole',
    ],
    ['002_add_users.up.sql', '002_add_users', '002', 'add users', 'up'],
    ['002_add_users.down.sql', '002_add_users', '002', 'add users', 'down'],
    ['R__report_view.sql', 'R__report_view', null, 'report view', 'whole'],
  ])('%s', (file, name, version, words, part) => {
    expect(readFileName(file)).toEqual({ name, version, words, part });
  });

  test.each([
    'add_users.sql',
    '002.sql',
    '002_.sql',
    '002-add.sql',
    '002_Add.sql',
    '002_a b.sql',
    '002_a.sideways.sql',
    'R_view.sql',
    'R__.sql',
    'R__a.up.sql',
    'r__a.sql',
    'V1__a.sql',
    '002_a.SQL',
    '002_é.sql',
    '002_a.b.sql',
    '٢_a.sql',
    '002_a.sql\n',
  ])('%j fits no rule', file => {
    expect(readFileName(file)).toBeUndefined();
  });
});
