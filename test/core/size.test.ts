import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBytes, LARGEST_REQUEST, REQUEST_ALLOWANCE, requestBytes } from '../../lib/core/size.ts';

const facts = { pieces: [1], lines: [1], sums: [], rows: [], alone: [], session: [] };

test.each([
  ['', 2],
  ['abc', 5],
  ['a\nb', 6],
  ['a"b\\c', 9],
  ['é', 4],
  ['😀', 6],
  ['\u0001', 8],
])('%j as JSON has %i bytes', (text, bytes) => {
  expect(jsonBytes(text)).toBe(bytes);
});

test('no request is larger than it says', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.option(fc.string({ unit: 'binary' })), (content, revert) => {
      const revertFacts = revert === null ? null : facts;
      const parameters = [
        { name: 'meta', value: { stringValue: JSON.stringify({ facts, revert_facts: revertFacts }) } },
        { name: 'content', value: { stringValue: content } },
        { name: 'revert', value: revert === null ? { isNull: true } : { stringValue: revert } },
      ];
      const sent = Buffer.byteLength(JSON.stringify({ parameters }));
      const bytes = requestBytes({ content, facts, revert, revertFacts });
      expect(bytes).toBeGreaterThanOrEqual(sent);
      expect(bytes).toBeLessThan(sent + REQUEST_ALLOWANCE);
    }),
  );
});

test('a statement of 3 MB fits', () => {
  expect(requestBytes({ content: 'x'.repeat(3_000_000), facts, revert: null, revertFacts: null })).toBeLessThan(
    LARGEST_REQUEST,
  );
});
