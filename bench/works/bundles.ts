import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, bundleHandler, REPLACED } from '../../lambda/bundle.mjs';
import { published } from '../contestants/sst-function.ts';
import { BENCH, WORK } from '../folders.ts';
import { count, times } from '../report/numbers.ts';
import { atMost, type Section } from './work.ts';

/** A bundled function. */
export interface Bundle {
  readonly name: string;
  /** The file that is loaded. */
  readonly file: string;
  /** Of the code that is shipped. */
  readonly bytes: number;
  /** What of it a deploy with nothing to do loads at once. */
  readonly loaded: number;
}

export const BARE = 'bare client, nothing sent';
export const BARE_CALL = 'bare client, one call';
export const BARE_REPLACED = 'bare client, one call, with our replacements';

const FOR_POSTGRESQL = 'aurora-migrations, for PostgreSQL';
const FOR_MYSQL = 'aurora-migrations, for MySQL';
const WITH_CLOUDFORMATION = 'the first, with the client of CloudFormation';

/** Ours, and what it is compared with, made by the same bundler with the same options. */
export async function bundles(): Promise<Bundle[]> {
  const root = join(WORK, 'bundles');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const ours = join(root, 'ours');
  await bundleHandler(ours);
  const made = [
    // Each engine is a file of its own, loaded at once; what reads its schema is another, for runs that have something to do.
    measured(FOR_POSTGRESQL, ours, { not: /^mysql-/, also: /^postgresql-\w+\.mjs$/ }),
    measured(FOR_MYSQL, ours, { not: /^postgresql-/, also: /^mysql-\w+\.mjs$/ }),
    measured(WITH_CLOUDFORMATION, ours, { not: /^mysql-/, also: /^postgresql-\w+\.mjs$/ }),
  ];
  for (const [name, entry, alias] of [
    [BARE, 'bare.ts', {}],
    [BARE_CALL, 'bare-call.ts', {}],
    [BARE_REPLACED, 'bare-call.ts', REPLACED],
  ] as const) {
    const folder = join(root, name.replaceAll(/\W+/g, '-'));
    await bundle(join(BENCH, 'child', entry), folder, { alias });
    made.push(measured(name, folder));
  }
  const { size } = statSync(published());
  return [...made, { name: 'sst', file: published(), bytes: size, loaded: size }];
}

/** The table of their bytes. */
export function bytesOf(all: readonly Bundle[]): Section {
  const base = named(all, BARE).bytes;
  return {
    title: 'Bytes of the bundle',
    note: 'Of code, as it is shipped for an engine. Loaded: what a no-op imports at once, not what it may import later. The bare bundles are made by the same bundler with the same options. What asks CloudFormation, where an Update has steps, is loaded only then and not counted: the third line has it. Ours reads its credentials from the environment alone, where Lambda puts them, and leaves out event streams: a bare client with the same two replacements stands beside it.',
    columns: ['', 'bytes', 'of them loaded', 'to the bare client', 'to that with our replacements'],
    rows: all.map(({ name, bytes, loaded }) => {
      const ratios = [base, named(all, BARE_REPLACED).bytes].map(other => times(bytes / other));
      return [name, count(bytes), count(loaded), ...ratios];
    }),
    checks: [FOR_POSTGRESQL, FOR_MYSQL].map(name =>
      atMost(`Bytes of the bundle to the bare client's: ${name}`, named(all, name).bytes / base, 1.25, times),
    ),
  };
}

export function named<T extends { readonly name: string }>(all: readonly T[], name: string): T {
  return all.find(one => one.name === name)!;
}

function measured(name: string, folder: string, { not = /^$/, also = /^$/ } = {}): Bundle {
  const files = readdirSync(folder).filter(file => file.endsWith('.mjs') && !not.test(file));
  const size = (some: Iterable<string>) => [...some].reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  const loaded = new Set<string>();
  for (const file of files) if (file === 'index.mjs' || also.test(file)) load(folder, file, loaded);
  return { name, file: join(folder, 'index.mjs'), bytes: size(files), loaded: size(loaded) };
}

/** A file of a bundle and what it imports at once, not later. */
function load(folder: string, file: string, found: Set<string>): void {
  if (found.has(file)) return;
  found.add(file);
  const imports = readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|import) ?"\.\/([\w.-]+)"/g);
  for (const [, imported] of imports) load(folder, imported!, found);
}
