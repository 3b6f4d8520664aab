import { expect, test } from 'vitest';
import { nearest } from '../../lib/cli/nearest.ts';

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
  expect(nearest(word, COMMANDS)).toBe(meant);
});
