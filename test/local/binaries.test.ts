import { cp, lstat, mkdir, mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StartError } from '../../lib/local/index.ts';
import { completeNative, findBinaries } from '../../lib/local/postgresql/embedded/binaries.ts';

let root: string;
let native: string;
let links: { source: string; target: string }[];

/** The package as npm unpacks it when install scripts do not run: no links, and here no executable bits either. */
beforeEach(async () => {
  const real = join(dirname((await findBinaries()).postgres), '..');
  root = await mkdtemp(join(tmpdir(), 'binaries-test-'));
  native = join(root, 'native');
  await mkdir(join(native, 'bin'), { recursive: true });
  for (const name of ['initdb', 'pg_ctl', 'postgres'])
    await writeFile(join(native, 'bin', name), name, { mode: 0o644 });
  await cp(join(real, 'pg-symlinks.json'), join(native, 'pg-symlinks.json'));
  links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source } of links) {
    await mkdir(dirname(join(root, source)), { recursive: true });
    await writeFile(join(root, source), source);
  }
});
afterEach(() => rm(root, { recursive: true, force: true }));

test('links and executable bits are completed, by several processes at once', async () => {
  expect(links.length).toBeGreaterThan(0);
  await Promise.all(Array.from({ length: 5 }, () => completeNative(native)));
  for (const { source, target } of links) {
    expect(await readlink(join(root, target))).not.toMatch(/^\//);
    expect(await readFile(join(root, target), 'utf8')).toBe(source);
  }
  expect((await stat(join(native, 'bin', 'postgres'))).mode & 0o777).toBe(0o755);
});

test('a complete folder is only read', async () => {
  await completeNative(native);
  const before = await Promise.all(['lib', 'bin', 'bin/postgres'].map(name => stat(join(native, name))));
  const link = await lstat(join(root, links[0]!.target));
  await completeNative(native);
  const after = await Promise.all(['lib', 'bin', 'bin/postgres'].map(name => stat(join(native, name))));
  expect(after.map(({ ctimeMs }) => ctimeMs)).toEqual(before.map(({ ctimeMs }) => ctimeMs));
  expect((await lstat(join(root, links[0]!.target))).ino).toBe(link.ino);
});

test('what cannot be completed says what to do', async () => {
  await rm(join(native, 'bin', 'postgres'));
  const error = await completeNative(native).catch(error => error);
  expect(error).toBeInstanceOf(StartError);
  expect(error.message).toMatch(/cannot be completed: ENOENT/);
  expect(error.remedy).toMatch(/npm rebuild/);
});
