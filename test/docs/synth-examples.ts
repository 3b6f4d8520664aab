import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

// In a process of its own (see examples.test.ts): the examples one after another, each in its folder, as `cdk` would run them.
const [out, ...folders] = process.argv.slice(2) as [string, ...string[]];
for (const folder of folders) {
  process.chdir(folder);
  process.env.CDK_OUTDIR = join(out, folder.split('/').at(-1)!);
  await import(pathToFileURL(join(folder, 'app.ts')).href);
}
