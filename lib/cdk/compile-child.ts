import { compileFolder } from '../compile/compile.ts';
import { readFolder } from '../compile/folder.ts';
import { MigrationError, type Problem } from '../core/errors.ts';
import { type EngineName, type Manifest, type MigrationBody, TRACKING_MIGRATION } from '../core/manifest.ts';
import { fingerprint } from './fingerprint.ts';

/** What the construct asks for. */
export interface CompileRequest {
  /** The folder of the `.sql` files. */
  readonly from: string;
  readonly engine: EngineName;
  readonly schema?: string;
  readonly table?: string;
  readonly database?: string;
}

/** A folder that can be deployed; or else what is wrong in it. */
export type CompileAnswer = { readonly errors: readonly Problem[] } | { readonly compiled: CompiledFolder };

export interface CompiledFolder {
  /** The fingerprint of the request and of the folder that was compiled. */
  readonly fingerprint: string;
  readonly manifest: Manifest;
  readonly bodies: readonly (readonly [name: string, body: MigrationBody])[];
  /** Name of the newest migration, or nothing. */
  readonly latest: string;
  readonly warnings: readonly Problem[];
}

/** Compiles a folder. Runs in a process of its own, which the construct can wait for. */
export async function compileRequest(request: CompileRequest): Promise<CompileAnswer> {
  const { from: dir, ...options } = request;
  try {
    const folder = readFolder(dir, '');
    const { errors, warnings, manifest, bodies } = await compileFolder(folder, { dir, ...options });
    if (errors.length > 0) return { errors };
    const latest = manifest.migrations.findLast(({ name }) => name !== TRACKING_MIGRATION)?.name ?? '';
    return {
      compiled: { fingerprint: fingerprint(request, folder), manifest, bodies: [...bodies], latest, warnings },
    };
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return { errors: error.problems };
  }
}
