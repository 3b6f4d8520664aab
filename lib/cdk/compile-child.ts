import { compile, writeCompiled } from '../compile/index.ts';
import { MigrationError, type Problem } from '../core/errors.ts';
import { type EngineName, TRACKING_MIGRATION } from '../core/manifest.ts';

/** What the construct asks for. */
export interface CompileRequest {
  /** The folder of the `.sql` files, and that for the manifest. */
  readonly from: string;
  readonly to: string;
  readonly engine: EngineName;
  readonly schema?: string;
  readonly table?: string;
  readonly database?: string;
}

/** What became of it. With errors nothing was written. */
export interface CompileAnswer {
  readonly digest: string;
  /** Name of the newest migration, or nothing. */
  readonly latest: string;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Compile a folder and write its manifest. Runs in a process of its own, which the construct can wait for. */
export async function compileInto({ from, to, engine, ...names }: CompileRequest): Promise<CompileAnswer> {
  try {
    const compiled = await compile({ dir: from, engine, ...names });
    const { errors, warnings, manifest } = compiled;
    if (errors.length === 0) writeCompiled(compiled, to);
    const latest = manifest.migrations.findLast(({ name }) => name !== TRACKING_MIGRATION)?.name ?? '';
    return { digest: manifest.digest, latest, errors, warnings };
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return { digest: '', latest: '', errors: error.problems, warnings: [] };
  }
}
