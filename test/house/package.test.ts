import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../lib/cli/version.ts';
import { ROOT } from './source.ts';

const manifest = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as {
  version: string;
  bin: Record<string, string>;
  exports: Record<string, string | Record<string, string>>;
  files: string[];
};

describe('the built package', () => {
  beforeAll(() => {
    execFileSync('npm', ['run', '--silent', 'build'], { cwd: ROOT, stdio: 'pipe' });
  }, 120_000);

  test('has every file that package.json promises, with its types', () => {
    const promised = [
      ...manifest.files,
      ...Object.values(manifest.bin),
      ...Object.values(manifest.exports).flatMap(targets =>
        typeof targets === 'string' ? [targets] : Object.values(targets),
      ),
    ];
    expect(promised.filter(path => !existsSync(ROOT + path))).toEqual([]);
    const modules = promised.filter(path => path.endsWith('.js'));
    expect(modules.filter(path => !existsSync(ROOT + path.replace(/\.js$/, '.d.ts')))).toEqual([]);
  });

  test('brings the SQL of the tracking tables', () => {
    expect(readFileSync(`${ROOT}dist/sql/tracking/postgresql.sql`, 'utf8')).toBe(
      readFileSync(`${ROOT}sql/tracking/postgresql.sql`, 'utf8'),
    );
  });

  test('runs: the tool says its version, which is that of the package', () => {
    const tool = ROOT + manifest.bin['aurora-migrations'];
    accessSync(tool, constants.X_OK);
    expect(readFileSync(tool, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(execFileSync(process.execPath, [tool, '--version'], { encoding: 'utf8' })).toBe(`${manifest.version}\n`);
    expect(VERSION).toBe(manifest.version);
  });
});
