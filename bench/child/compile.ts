import { join } from 'node:path';
import { compile, writeCompiled } from '../../lib/compile/index.ts';
import { measured } from './measure.ts';

/** Compile a folder and write the manifest, as the construct has it done at synth. */
const { folder } = JSON.parse(process.argv[2]!) as { folder: string };
const began = performance.now();
const compiled = await compile({ dir: join(folder, 'sql'), engine: 'postgresql' });
if (compiled.errors.length > 0) throw new Error(compiled.errors[0]!.message);
writeCompiled(compiled, join(folder, 'compiled'));
measured(began);
