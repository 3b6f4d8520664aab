import { cpSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { FileSystem, Token } from 'aws-cdk-lib';
import { BUNDLE_FOLDER } from '../../lambda/contract.ts';
import { writeCompiled } from '../compile/output.ts';
import { describe, MigrationError, type Problem } from '../core/errors.ts';
import type { EngineName } from '../core/manifest.ts';
import { upTo } from '../core/plan.ts';
import type { CompileRequest } from './compile-child.ts';
import { compileFor } from './compiled.ts';
import { IN_REPOSITORY, ownFile, ownModule, runNode } from './package.ts';

/** What the function's asset is made of, in a folder of its own. */
export interface HookAsset {
  readonly folder: string;
  readonly digest: string;
  readonly latest: string;
  readonly warnings: readonly Problem[];
  /** The folder has been copied into the cloud assembly: it is not needed any more. */
  discard(): void;
}

/**
 * Compile the migrations and put the manifest beside the bundled handler: that, and nothing else. The same input makes the same bytes.
 * Throws one `MigrationError` with everything that is wrong in the folder, as `aurora-migrations check` prints it.
 */
export function makeAsset(source: {
  migrations: string;
  engine: EngineName;
  schema: string | undefined;
  table: string | undefined;
  database: string | undefined;
  baseline: string | undefined;
}): HookAsset {
  const { migrations: from, baseline, engine, ...options } = source;
  const request: CompileRequest = { from, engine, ...names(options) };
  const answer = compileFor(request);
  if ('errors' in answer) {
    const refused = new MigrationError(answer.errors);
    refused.message = render(request, answer.errors);
    throw refused;
  }
  const { manifest, latest, warnings } = answer.compiled;
  if (baseline !== undefined) upTo(manifest, baseline);
  const folder = FileSystem.mkdtemp('aurora-migrations-');
  writeCompiled(answer.compiled, folder);
  const others = engine === 'mysql' ? /^postgresql-/ : /^mysql-/;
  const needed = (file: string) => !others.test(basename(file));
  cpSync(bundledHandler(), folder, { recursive: true, filter: needed });
  const discard = () => rmSync(folder, { recursive: true, force: true });
  return { folder, digest: manifest.digest, latest, warnings, discard };
}

let built: string | undefined;

/** The folder of the bundled handler: it comes with the package; inside of the repository it is made, once a process. */
function bundledHandler(): string {
  if (!IN_REPOSITORY) return ownFile(BUNDLE_FOLDER);
  if (built !== undefined) return built;
  const folder = FileSystem.mkdtemp('aurora-migrations-bundle-');
  const { status, stderr } = runNode([ownFile('lambda/bundle.mjs'), folder]);
  if (status !== 0) throw new Error(`The handler cannot be bundled: ${stderr}`);
  built = folder;
  return folder;
}

/** Just as on the command line, with the lines and the carets: by the command line. */
function render({ from, engine, ...named }: CompileRequest, errors: readonly Problem[]): string {
  const options = Object.entries(names(named)).flatMap(([option, value]) => [`--${option}`, value]);
  const { status, stdout } = runNode([
    ownModule('bin/migrate'),
    'check',
    '--dir',
    from,
    '--engine',
    engine,
    ...options,
  ]);
  // It ends with 1 where there are errors.
  const shown = status === 1 && stdout !== '' ? stdout.trimEnd() : errors.map(describe).join('\n');
  return `The migrations in ${from} cannot be compiled.\n\n${shown}`;
}

type Names = Pick<CompileRequest, 'schema' | 'table' | 'database'>;

/** What was named; a name that only the deploy knows is none yet. */
function names({ schema, table, database }: { [name in keyof Names]: string | undefined }): Names {
  return {
    ...(schema !== undefined && { schema }),
    ...(table !== undefined && { table }),
    ...(database !== undefined && !Token.isUnresolved(database) && { database }),
  };
}
