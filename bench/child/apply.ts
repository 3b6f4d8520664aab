import { pathToFileURL } from 'node:url';
import type { Contestant } from '../contestants/index.ts';
import type { Target } from '../target.ts';
import { measure } from './measure.ts';

/** One run of one contestant: nothing of the others is loaded. */
const { module, target, folder } = JSON.parse(process.argv[2]!) as { module: string; target: Target; folder: string };
const exported = Object.values(await import(pathToFileURL(module).href)) as Partial<Contestant>[];
const contestant = exported.find((one): one is Contestant => one.run !== undefined)!;
await measure(() => contestant.run(target, folder));
process.exit(0);
