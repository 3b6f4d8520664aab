import { type Compiled, compileFolder } from '../compile/compile.ts';
import { readFolder } from '../compile/folder.ts';
import { safetyRules } from '../compile/index.ts';
import { olderThan, onlyJudged } from '../compile/judged.ts';
import { didYouMean } from '../core/did-you-mean.ts';
import { MigrationError, type Problem } from '../core/errors.ts';
import { type Manifest, type MigrationBody, TRACKING_MIGRATION } from '../core/manifest.ts';
import { upTo } from '../core/plan.ts';
import { type CompileRequest, fingerprint } from './fingerprint.ts';
import { findingsAtSynth, judgesAny, type SynthFindings } from './safety.ts';

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
  /** Of the migrations that are judged; those that a comment allows are not among them. */
  readonly findings: SynthFindings;
  /** Options that name a version or a rule that is not there. */
  readonly wrongOptions: readonly Problem[];
}

/** Compiles a folder. Runs in a process of its own, which the construct can wait for. */
export async function compileRequest(request: CompileRequest): Promise<CompileAnswer> {
  const { from: dir, baseline: _, safety, ...options } = request;
  try {
    const folder = readFolder(dir, '');
    const compiled = await compileFolder(folder, { dir, judges: judgesAny(safety), ...options });
    const { errors, manifest, bodies } = compiled;
    // An option may name a file that could not be read.
    if (errors.length > 0) return { errors };
    const latest = manifest.migrations.findLast(({ name }) => name !== TRACKING_MIGRATION)?.name ?? '';
    const facts = { fingerprint: fingerprint(request, folder), manifest, bodies: [...bodies], latest };
    return { compiled: { ...facts, ...judged(compiled, request) } };
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return { errors: error.problems };
  }
}

/** What is judged: neither what the baseline covers nor what is older than the option `since` says. */
function judged(
  compiled: Compiled,
  { baseline, safety }: CompileRequest,
): Pick<CompiledFolder, 'findings' | 'warnings' | 'wrongOptions'> {
  const { manifest } = compiled;
  const { rules, since } = safety;
  const covered = baseline === undefined ? [] : orProblems(() => upTo(manifest, baseline).map(({ name }) => name));
  const older =
    since === undefined ? [] : orProblems(() => olderThan(manifest, since), ', which the option safety.since names');
  const wrongOptions = [covered, older, ...Object.keys(rules).map(unknownRule)].flatMap(one =>
    'problems' in one ? one.problems : [],
  );
  const skipped = new Set([covered, older].flatMap(one => ('problems' in one ? [] : one)));
  const { findings, warnings } = onlyJudged(compiled, migration => !skipped.has(migration));
  const open = findings.filter(({ allowed }) => allowed === undefined);
  return { findings: findingsAtSynth(safety, open), warnings, wrongOptions };
}

type Problems = { readonly problems: readonly Problem[] };

/** `more` is added to the message of a problem. */
function orProblems<T>(value: () => T, more = ''): T | Problems {
  try {
    return value();
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return { problems: error.problems.map(one => ({ ...one, message: one.message + more })) };
  }
}

function unknownRule(rule: string): Problems {
  const known = safetyRules().map(({ id }) => id);
  if (known.includes(rule)) return { problems: [] };
  const near = didYouMean(rule, known);
  const message = `The option safety.rules names '${rule}', which is no safety rule`;
  const remedy = near === undefined ? 'docs/safety.md lists the rules' : `Did you mean '${near}'?`;
  return { problems: [{ code: 'bad-option', message, remedy }] };
}
