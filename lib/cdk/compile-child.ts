import { compile, writeCompiled } from '../compile/index.ts';
import { MigrationError, type Problem } from '../core/errors.ts';
import { type EngineName, type Manifest, TRACKING_MIGRATION } from '../core/manifest.ts';
import { upTo } from '../core/plan.ts';

/** What the construct asks for. */
export interface CompileRequest {
  /** The folder of the `.sql` files, and that for the manifest. */
  readonly from: string;
  readonly to: string;
  readonly engine: EngineName;
  readonly schema?: string;
  readonly table?: string;
  readonly database?: string;
  readonly baseline?: string;
}

/** What became of it. With errors nothing was written. */
export interface CompileAnswer {
  readonly digest: string;
  /** Name of the newest migration, or nothing. */
  readonly latest: string;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** No file has the version of the baseline. */
  readonly wrongBaseline?: readonly Problem[];
}

/** Compile a folder and write its manifest. Runs in a process of its own, which the construct can wait for. */
export async function compileInto(request: CompileRequest): Promise<CompileAnswer> {
  const { from, to, engine, baseline, ...names } = request;
  try {
    const compiled = await compile({ dir: from, engine, ...names });
    const { errors, warnings, manifest } = compiled;
    if (errors.length === 0) writeCompiled(compiled, to);
    const latest = manifest.migrations.findLast(({ name }) => name !== TRACKING_MIGRATION)?.name ?? '';
    const wrongBaseline = errors.length === 0 && baseline !== undefined ? checkBaseline(manifest, baseline) : [];
    return { digest: manifest.digest, latest, errors, warnings, wrongBaseline };
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return { digest: '', latest: '', errors: error.problems, warnings: [] };
  }
}

function checkBaseline(manifest: Manifest, baseline: string): readonly Problem[] {
  try {
    upTo(manifest, baseline);
    return [];
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return error.problems;
  }
}
