import { expect, test } from 'vitest';
import { didYouMean } from '../../lib/core/did-you-mean.ts';

const COMMANDS = ['new', 'check', 'plan', 'up', 'status', 'history', 'resolve', 'serve'];

test.each([
  ['stauts', 'status'],
  ['Status', 'status'],
  ['staus', 'status'],
  ['hist', 'history'],
  ['chekc', 'check'],
  ['pu', 'up'],
  ['server', 'serve'],
  ['migrate', undefined],
  ['x', undefined],
])('%s is near %s', (word, meant) => {
  expect(didYouMean(word, COMMANDS)).toBe(meant);
});

test('capitals of the known words do not count', () => {
  expect(didYouMean('onchange', ['onChanged', 'onRollback'])).toBe('onChanged');
});
