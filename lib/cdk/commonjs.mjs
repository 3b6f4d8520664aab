// Makes the construct once more, as CommonJS: `node lib/cdk/commonjs.mjs`, when the package is built. Node.js itself takes ES modules with
// `require` (from 20.19 on), but Jest does so from Node.js 24.9 on only, TypeScript from 5.8 on, and most CDK apps are CommonJS, tested by Jest.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = fileURLToPath(new URL('../../dist/lib/cdk/', import.meta.url));

await build({
  entryPoints: [join(dist, 'index.js')],
  outfile: join(dist, 'index.cjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // What is not ours is the user's own.
  packages: 'external',
  define: { 'import.meta.url': 'moduleUrl' },
  banner: { js: "const moduleUrl = require('node:url').pathToFileURL(__filename).href;" },
  logLevel: 'warning',
});

/** Declarations are the same but for their ending, by which TypeScript tells the two kinds of module. */
const declared = new Set(['index']);
for (const name of declared) {
  const text = readFileSync(join(dist, `${name}.d.ts`), 'utf8');
  const asCommonJs = text.replace(/(from ')\.\/([\w-]+)\.[jt]s'/g, (_, from, other) => {
    declared.add(other);
    return `${from}./${other}.cjs'`;
  });
  if (/from '\.\.?\/(?![\w-]+\.cjs')/.test(asCommonJs))
    throw new Error(`${name}.d.ts of ${dirname(dist)} needs more than its own folder`);
  writeFileSync(join(dist, `${name}.d.cts`), asCommonJs);
}
