// Bundles the handler: `node lambda/bundle.mjs <folder>`. Run when the package is built, and at synth inside of this repository; whoever
// installs the package needs neither esbuild nor our sources.
//
// The AWS SDK is bundled, not taken from the Lambda runtime: which version that brings is not ours to say, and it takes longer to load
// (a bundle keeps only the few commands that are sent). What is seldom needed, Secrets Manager and CloudFormation, becomes files of their own.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { LICENSES, licensesOf } from './licenses.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** How any handler is bundled, that of the benchmark to compare with too. */
export const OPTIONS = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  // ES modules first: only they can be freed of what is not used (a third of the bytes, half of the time to load).
  mainFields: ['module', 'main'],
  outExtension: { '.js': '.mjs' },
  legalComments: 'none',
  logLevel: 'warning',
};

/** Of the package.json files that the SDK's clients import whole, they use the version. */
const VERSIONS = {
  name: 'versions',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};

/** How SQL is indented in our sources is not shipped: no literal in it goes over the end of a line (a test looks). */
const UNINDENTED = {
  name: 'unindented',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]lib[\\/]engine[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/\n +/g, '\n'),
      loader: 'ts',
    }));
  },
};

/**
 * Loaded only where a stack rolls back, and bundled by itself: what no other client needs of the SDK (XML) would else come with what all of them
 * share.
 */
const APART = 'stack-status';

const LEFT_APART = {
  name: 'left apart',
  setup({ onResolve }) {
    onResolve({ filter: new RegExp(`/${APART}\\.ts$`) }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: `./${APART}.mjs`, external: true } : undefined,
    );
  },
};

/**
 * Bundle one entry as `index.mjs` with its chunks into a folder, which is emptied first. The same sources give the same bytes. Answers with
 * the outputs by name: their bytes, their imports and the files that they are made of.
 */
export async function bundle(entry, folder, options = {}) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return bundleAs('index', entry, folder, options);
}

async function bundleAs(name, entry, folder, options) {
  const { outputFiles, metafile } = await build({
    ...OPTIONS,
    ...options,
    entryPoints: { [name]: entry },
    // Nothing of this machine's paths goes into the names of the chunks.
    absWorkingDir: dirname(here),
    outdir: folder,
    splitting: true,
    metafile: true,
    write: false,
  });
  const outputs = Object.fromEntries(
    Object.entries(metafile.outputs).map(([path, { bytes, imports, inputs }]) => [
      basename(path),
      {
        bytes,
        imports: imports.filter(({ external }) => !external).map(({ path }) => basename(path)),
        inputs: Object.keys(inputs),
      },
    ]),
  );
  // Of what was dropped as unused, esbuild still writes the chunks that it would have loaded.
  const used = reachable(outputs, undefined, `${name}.mjs`);
  for (const { path, contents } of outputFiles) if (used.has(basename(path))) writeFileSync(path, contents);
  return Object.fromEntries(Object.entries(outputs).filter(([name]) => used.has(name)));
}

/** What `from` loads, at once or later, without what only `not` would load. */
export function reachable(outputs, not = /^$/, from = 'index.mjs') {
  const found = new Set();
  const visit = name => {
    if (found.has(name) || not.test(name)) return;
    found.add(name);
    outputs[name].imports.forEach(visit);
  };
  visit(from);
  return found;
}

/** What is put in place of parts of the SDK that no function of ours can use. */
export const REPLACED = {
  '@aws-sdk/credential-provider-node': join(here, 'credentials.ts'),
  '@smithy/core/event-streams': join(here, 'event-streams.ts'),
  '@smithy/core/checksum': join(here, 'sha256.ts'),
};

/** Bundle the handler, and put the licences of what is in it beside it. */
export async function bundleHandler(folder) {
  const options = { alias: REPLACED, plugins: [VERSIONS, UNINDENTED] };
  const outputs = {
    ...(await bundle(join(here, 'index.ts'), folder, { ...options, plugins: [...options.plugins, LEFT_APART] })),
    ...(await bundleAs(APART, join(here, `${APART}.ts`), folder, options)),
  };
  const inputs = Object.values(outputs).flatMap(({ inputs }) => inputs);
  writeFileSync(join(folder, LICENSES), licensesOf(inputs, dirname(here)));
  return outputs;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined) throw new Error('usage: node lambda/bundle.mjs <folder>');
  await bundleHandler(resolve(folder));
}
