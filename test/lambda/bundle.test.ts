import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compareBundles } from '../../bench/bundle/measure.ts';
import { bundleHandler } from '../../lambda/bundle.mjs';

const work = mkdtempSync(join(tmpdir(), 'aurora-migrations-bundle-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the bundle', () => {
  // Once more where other tests took the processor away from just one of the two.
  test('beside one that only makes a client: at most 1.25 of its bytes and 1.2 of its time to load', {
    retry: 3,
  }, async () => {
    const { bytesRatio, importRatio } = await compareBundles(10);
    expect(bytesRatio).toBeLessThanOrEqual(1.25);
    expect(importRatio).toBeLessThanOrEqual(1.2);
  });

  test('is the same each time it is made, and holds no path of this machine', async () => {
    const texts: string[][] = [];
    for (const name of ['a', 'b']) {
      const outputs = await bundleHandler(join(work, name));
      const files = readdirSync(join(work, name)).sort();
      expect(files).toEqual(Object.keys(outputs).sort());
      texts.push(files.map(file => file + readFileSync(join(work, name, file), 'utf8')));
    }
    expect(texts[0]!.join('') === texts[1]!.join('')).toBe(true);
    expect(texts[0]!.filter(text => text.includes(process.cwd()))).toEqual([]);
  });
});
