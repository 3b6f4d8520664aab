import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compareBundles } from '../../bench/bundle/measure.ts';
import { bundleHandler } from '../../lambda/bundle.mjs';

const work = mkdtempSync(join(tmpdir(), 'aurora-migrations-bundle-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

describe('the bundle', () => {
  // How long it takes to load is measured in bench/bundle.
  test('beside one that only makes a client: at most 1.36 of its bytes', async () => {
    expect((await compareBundles(0)).bytesRatio).toBeLessThanOrEqual(1.36);
  });

  test('is the same each time it is made, and holds no path of this machine', async () => {
    const texts: string[][] = [];
    for (const name of ['a', 'b']) {
      const outputs = await bundleHandler(join(work, name));
      const files = readdirSync(join(work, name)).sort();
      expect(files).toEqual([...Object.keys(outputs), 'LICENSES.txt'].sort());
      texts.push(files.map(file => file + readFileSync(join(work, name, file), 'utf8')));
    }
    expect(texts[0]!.join('') === texts[1]!.join('')).toBe(true);
    expect(texts[0]!.filter(text => text.includes(process.cwd()))).toEqual([]);
  });

  test('brings the licences of all that is in it, and none that asks for more than being named', async () => {
    const outputs = await bundleHandler(join(work, 'licensed'));
    const text = readFileSync(join(work, 'licensed/LICENSES.txt'), 'utf8');
    const bundled = new Set(
      Object.values(outputs)
        .flatMap(({ inputs }) => inputs)
        .flatMap(path => /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []),
    );
    expect(bundled).toContain('@aws-sdk/client-rds-data');
    const [list = '', ...texts] = text.split(`\n${'-'.repeat(80)}\n`);
    const listed = [...list.matchAll(/^(\S+) \d[\w.-]*: (\S.*)$/gm)].map(([, name, license]) => ({ name, license }));
    expect(new Set(listed.map(({ name }) => name))).toEqual(bundled);
    expect(
      listed.filter(({ license }) => !['0BSD', 'Apache-2.0', 'BSD-3-Clause', 'ISC', 'MIT'].includes(license!)),
    ).toEqual([]);
    const withText = texts.flatMap(one => one.split('\n')[0]!.split(', '));
    expect([...bundled].filter(name => !withText.includes(name))).toEqual([]);
  });
});
