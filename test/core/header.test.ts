import { expect, test } from 'vitest';
import { readHeader } from '../../lib/core/header.ts';

test('the header is read from comments, the first of each kind', () => {
  const comments = [
    '-- Migration: Add users ',
    '--description:\tWho may  come in',
    '-- Created: 2025-01-15 (by me)',
    '-- Description: later',
    '-- Migrations: no',
  ];
  expect(readHeader(comments)).toEqual({
    migration: 'Add users',
    description: 'Who may  come in',
    created: '2025-01-15 (by me)',
  });
});

test('none is required, and an empty one says nothing', () => {
  expect(readHeader(['-- Description:', '/* Created: x */', 'Migration: y'])).toEqual({
    migration: null,
    description: null,
    created: null,
  });
});
