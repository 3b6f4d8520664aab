import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { textChecksum, tokensChecksum } from '../../lib/core/checksum.ts';

describe('the checksum of a text', () => {
  test('is what sha256sum prints for the file on Unix', () => {
    const sum = createHash('sha256').update("select 1;\nselect 'é';\n").digest('hex');
    expect(textChecksum("select 1;\nselect 'é';\n")).toBe(sum);
    expect(textChecksum("\uFEFFselect 1;\r\nselect 'é';\r\n")).toBe(sum);
  });

  test('a lone CR counts', () => {
    expect(textChecksum('a\rb')).not.toBe(textChecksum('a\nb'));
  });
});

describe('the checksum of tokens', () => {
  test('no two lists of tokens have one', () => {
    const statements = fc.array(
      fc.array(fc.string({ unit: fc.constantFrom('1', ':', ';', 'a', 'é') }), { maxLength: 4 }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(statements, statements, (a, b) => {
        fc.pre(a.flat().every(Boolean) && b.flat().every(Boolean));
        expect(tokensChecksum(a) === tokensChecksum(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test('line ends in a literal are one', () => {
    expect(tokensChecksum([["'a\r\nb'"]])).toBe(tokensChecksum([["'a\nb'"]]));
  });

  test('megabytes go through', () => {
    expect(tokensChecksum([[`'${'x'.repeat(3_000_000)}'`, 'a'], ['b']])).toMatch(/^[0-9a-f]{64}$/);
  });
});
