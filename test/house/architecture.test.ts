import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { document } from '../docs/markdown.ts';
import { ROOT } from './source.ts';

test('docs/architecture.md names files and folders that are there', () => {
  const named = [...document('docs/architecture.md').matchAll(/`((?:lib|lambda|bin|sql|test)\/[\w./-]+)`/g)].map(
    ([, path]) => path!,
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter(path => !existsSync(ROOT + path))).toEqual([]);
});
