import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareMigrations, compareVersions } from '../../lib/core/order.ts';

describe('order', () => {
  test('versions are numbers of any length', () => {
    const versions = [
      '20250115093000',
      '10',
      '002',
      '2025011509300012345678901',
      '1',
      '99999999999999999999',
      '100000000000000000000',
    ];
    expect(versions.sort(compareVersions)).toEqual([
      '1',
      '002',
      '10',
      '20250115093000',
      '99999999999999999999',
      '100000000000000000000',
      '2025011509300012345678901',
    ]);
  });

  test('zeros in front do not count', () => {
    expect(compareVersions('002', '2')).toBe(0);
    expect(compareVersions('000', '0')).toBe(0);
  });

  test('as BigInt orders them', () => {
    const version = fc.stringMatching(/^\d{1,30}$/);
    fc.assert(
      fc.property(version, version, (a, b) => {
        const [x, y] = [BigInt(a), BigInt(b)];
        expect(Math.sign(compareVersions(a, b))).toBe(x < y ? -1 : x > y ? 1 : 0);
      }),
    );
  });

  test('repeatable ones come last, by name', () => {
    const of = (name: string) => ({ name, version: /^\d+/.exec(name)?.[0] ?? null });
    const sorted = ['R__b', '10_a', 'R__a', '2_b', '000_create_migrations_table'].map(of).sort(compareMigrations);
    expect(sorted.map(({ name }) => name)).toEqual(['000_create_migrations_table', '2_b', '10_a', 'R__a', 'R__b']);
  });
});
