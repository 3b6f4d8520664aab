import { cpSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { FileSystem, Token } from 'aws-cdk-lib';
import { BUNDLE_FOLDER } from '../../lambda/contract.ts';
import { writeCompiled } from '../compile/output.ts';
import { describe, MigrationError, type Problem } from '../core/errors.ts';
import type { EngineName } from '../core/manifest.ts';
import { compileFor } from './compiled.ts';
import type { CompileRequest } from './fingerprint.ts';
import { IN_REPOSITORY, ownFile, ownModule, runNode } from './package.ts';
import type { Safety, SynthFindings } from './safety.ts';

/** What the function's asset is made of, in a folder of its own. */
export interface HookAsset {
  readonly folder: string;
  readonly digest: string;
  readonly latest: string;
  readonly warnings: readonly Problem[];
  readonly findings: SynthFindings;
  /** The command that prints the findings of the whole folder. */
  readonly listFindings: string;
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
  safety: Safety;
}): HookAsset {
  const { migrations: from, baseline, safety, engine, ...options } = source;
  const request: CompileRequest = {
    from,
    engine,
    ...names(options),
    ...(baseline !== undefined && { baseline }),
    safety,
  };
  const answer = compileFor(request);
  if ('errors' in answer) {
    const refused = new MigrationError(answer.errors);
    refused.message = render(request, answer.errors);
    throw refused;
  }
  const { manifest, latest, warnings, findings, wrongOptions } = answer.compiled;
  if (wrongOptions.length > 0) throw new MigrationError(wrongOptions);
  const folder = FileSystem.mkdtemp('aurora-migrations-');
  writeCompiled(answer.compiled, folder);
  const others = engine === 'mysql' ? /^postgresql-/ : /^mysql-/;
  const needed = (file: string) => !others.test(basename(file));
  cpSync(bundledHandler(), folder, { recursive: true, filter: needed });
  const discard = () => rmSync(folder, { recursive: true, force: true });
  const listFindings = ['aurora-migrations', ...checkCommand(request)].join(' ');
  return { folder, digest: manifest.digest, latest, warnings, findings, listFindings, discard };
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
function render(request: CompileRequest, errors: readonly Problem[]): string {
  const { status, stdout } = runNode([ownModule('bin/migrate'), ...checkCommand(request)]);
  // It ends with 1 where there are errors.
  const shown = status === 1 && stdout !== '' ? stdout.trimEnd() : errors.map(describe).join('\n');
  return `The migrations in ${request.from} cannot be compiled.\n\n${shown}`;
}

/** `check`, with the options that this folder needs. */
function checkCommand({ from, engine, ...named }: CompileRequest): string[] {
  const options = Object.entries({ dir: from, engine, ...names(named) });
  return ['check', ...options.flatMap(([option, value]) => [`--${option}`, value])];
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
