import { execFileSync, spawnSync } from 'node:child_process';
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { VERSION } from '../../lib/cli/version.ts';
import { blocks, document } from '../docs/markdown.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'aurora-migrations-packed-'));
const user = join(work, 'user');
let packed = '';

afterAll(() => rmSync(work, { recursive: true, force: true }));

function run(cwd: string, command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Puts the package into the folder of its user: the one that `.ci/run` has packed, or of a copy of the repository, whose own `dist` others use. */
function pack(): void {
  const made = process.env.PACKED_PACKAGE;
  if (made !== undefined) {
    cpSync(made, join(user, basename(made)));
    return;
  }
  const copy = join(work, 'copy');
  const names = ['bin', 'lambda', 'lib', 'sql', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
  for (const name of names) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  run(copy, 'npm', 'pack', '--silent', '--pack-destination', user);
}

/** Installs the package in an empty folder. */
beforeAll(() => {
  mkdirSync(join(user, 'db'), { recursive: true });
  pack();
  packed = readdirSync(user).find(name => name.endsWith('.tgz'))!;
  writeFileSync(join(user, 'package.json'), '{"private": true}');
  writeFileSync(join(user, 'db/001_first.sql'), 'CREATE TABLE first (id int);\n');
  // The CDK is the user's own; so are its types. What of the package's dependencies runs on a laptop only is left out.
  const own = ['aws-cdk-lib', 'constructs'].map(name => join(ROOT, 'node_modules', name));
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', '--omit=optional'];
  run(user, 'npm', 'install', ...quiet, `./${packed}`, ...own);
}, 180_000);

const APP = `
declare const process: { argv: string[] };
const app = new App({ outdir: process.argv[2]!, builtinCloudFormationValidation: false });
const stack = new Stack(app, 'Theirs');
new AuroraMigrations(stack, 'Migrations', {
  cluster: 'arn:aws:rds:eu-west-1:111111111111:cluster:theirs',
  secret: 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:theirs-AbCdEf',
  database: 'app',
  migrations: 'db',
});
app.synth();
`;
/** The same text is a CommonJS module as `.cts`, an ES module as `.mts`. */
const SOURCE = `import { App, Stack } from 'aws-cdk-lib';\nimport { AuroraMigrations } from 'aurora-migrations';\n${APP}`;

/** The README's first block, with what it leaves to its reader. */
function firstScreen(): string {
  const [, ...lines] = blocks(document('README.md'))
    .find(({ language }) => language === 'ts')!
    .text.split('\n');
  return `import { AuroraMigrations } from 'aurora-migrations';
import { Stack } from 'aws-cdk-lib';
import { DatabaseCluster, type DatabaseClusterProps } from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';

export class Theirs extends Stack {
  constructor(scope: Construct, props: DatabaseClusterProps, api: Construct) {
    super(scope, 'Theirs');
    ${lines.join('\n    ').replace('{ … }', 'props')}
  }
}
`;
}

/** The files of the hook's asset, by name with their content. */
function assetOf(out: string): Record<string, string> {
  const template = JSON.parse(readFileSync(join(user, out, 'Theirs.template.json'), 'utf8')) as {
    Resources: Record<string, { Properties: { Handler?: string; Code: { S3Key: string } } }>;
  };
  const hook = Object.values(template.Resources).find(({ Properties }) => Properties?.Handler === 'index.handler')!;
  const folder = join(user, out, `asset.${hook.Properties.Code.S3Key.replace(/\.zip$/, '')}`);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name => name.includes('.'));
  return Object.fromEntries(files.map(name => [name, readFileSync(join(folder, name), 'utf8')]));
}

describe('the packed package', () => {
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    version: string;
    bin: Record<string, string>;
    exports: Record<string, string | Record<'import' | 'require', { types: string; default: string }>>;
    files: string[];
  };
  const installed = (path: string) => join(user, 'node_modules/aurora-migrations', path);

  test('has every file that package.json promises, with its types', () => {
    const promised = [
      ...manifest.files,
      ...Object.values(manifest.bin),
      ...Object.values(manifest.exports).flatMap(targets =>
        typeof targets === 'string' ? [targets] : Object.values(targets).flatMap(one => Object.values(one)),
      ),
    ];
    expect(promised.filter(path => !existsSync(installed(path)))).toEqual([]);
    const modules = promised.filter(path => path.endsWith('.js'));
    expect(modules.filter(path => !existsSync(installed(path).replace(/\.js$/, '.d.ts')))).toEqual([]);
  });

  test('brings the SQL of the tracking tables', () => {
    expect(readFileSync(installed('dist/sql/tracking/postgresql.sql'), 'utf8')).toBe(
      readFileSync(join(ROOT, 'sql/tracking/postgresql.sql'), 'utf8'),
    );
  });

  test('runs: the tool says its version, which is that of the package', () => {
    const tool = installed(manifest.bin['aurora-migrations']!);
    accessSync(tool, constants.X_OK);
    expect(readFileSync(tool, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(run(user, process.execPath, tool, '--version')).toBe(`${manifest.version}\n`);
    expect(VERSION).toBe(manifest.version);
  });
});

describe('the packed package in an empty CDK app', () => {
  test('brings types that a strict compiler takes, for both kinds of module and what the README begins with', () => {
    for (const name of ['app.cts', 'app.mts']) writeFileSync(join(user, name), SOURCE);
    writeFileSync(join(user, 'first-screen.ts'), firstScreen());
    // `node16` takes no ES module for a CommonJS one, as `nodenext` does today.
    const compilerOptions = { target: 'es2022', module: 'node16', strict: true, skipLibCheck: true, types: [] };
    const files = ['app.cts', 'app.mts', 'first-screen.ts'];
    writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    expect(run(user, process.execPath, join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', user)).toBe('');
  });

  test('is as publint wants packages to be', async () => {
    const tarball = readFileSync(join(user, packed));
    const pack = { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.length) };
    const { messages } = await publint({ pack: pack as { tarball: ArrayBuffer }, strict: true });
    expect(messages).toEqual([]);
  });

  test('synthesizes its own folder of migrations, from CommonJS and from ES modules alike', () => {
    // Jest, before Node.js 24.9, takes nothing else.
    const required = run(user, process.execPath, '-p', "require.resolve('aurora-migrations')");
    expect(required).toMatch(/dist.lib.cdk.index\.cjs\n$/);
    expect(readFileSync(join(user, 'app.cjs'), 'utf8')).toContain('require("aurora-migrations")');
    run(user, process.execPath, 'app.cjs', 'out-cjs');
    run(user, process.execPath, 'app.mjs', 'out-esm');
    const asset = assetOf('out-cjs');
    expect(Object.keys(asset)).toEqual(
      expect.arrayContaining(['index.mjs', 'manifest.json', 'migrations/001_first.json']),
    );
    expect(JSON.parse(asset['manifest.json']!).migrations.map(({ file }: { file: string }) => file)).toContain(
      'db/001_first.sql',
    );
    expect(assetOf('out-esm')).toEqual(asset);
    expect(Object.values(asset).filter(text => text.includes(work) || text.includes(ROOT))).toEqual([]);
  }, 240_000);

  test('fails with the place when a migration is broken', () => {
    writeFileSync(join(user, 'db/002_bad.sql'), 'CREATE TABLE bad (\n  id int,,\n);\n');
    // What a person sees below `cdk synth`, with no stack trace of ours around it.
    const { stdout, stderr, status } = spawnSync(process.execPath, ['app.cjs', 'out-bad'], {
      ...{ cwd: user, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
    });
    rmSync(join(user, 'db/002_bad.sql'));
    expect(status).toBe(1);
    expect(stdout).toBe('');
    const said = stderr.slice(stderr.indexOf('MigrationError'), stderr.indexOf('Node.js v')).trim().split('\n');
    expect(said).toEqual([
      'MigrationError: The migrations in db cannot be compiled.',
      '',
      'db/002_bad.sql:2:10: syntax error at or near ",". Correct the statement; it is read with the grammar of PostgreSQL 17.',
      '  2 │   id int,,',
      '    │          ^',
      '',
      '1 error',
      '    at Theirs/Migrations [AuroraMigrations]',
    ]);
    expect(stderr).not.toMatch(/node_modules\/aurora-migrations/);
  }, 240_000);
});
