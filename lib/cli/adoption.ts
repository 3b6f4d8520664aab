import { existsSync, readdirSync, statSync } from 'node:fs';
import { MigrationError, type Problem } from '../core/errors.ts';
import { type ManifestReader, TRACKING_MIGRATION } from '../core/manifest.ts';
import type { SchemaChange } from '../core/schema-diff.ts';
import type { SourceTool } from '../core/source.ts';
import { type BaselineFrom, ownTableProblem } from '../core/take-over.ts';
import { checkTarget, type Imported, readImport, writeImport } from '../import/index.ts';
import { diffDumps, type ServerFacts } from '../runner/dump.ts';
import type { BaselineReport } from '../runner/index.ts';
import type { VerifyReport } from '../runner/verify.ts';
import type { Invocation } from './command.ts';
import { engineName } from './engine.ts';
import { OPTIONS, type Values } from './options.ts';
import { schemaOfFolder } from './scratch.ts';
import { type Session, withSession } from './session.ts';
import { settingsOf } from './settings.ts';
import { knownTool } from './source-tool.ts';
import { UsageError } from './usage-error.ts';

/** The name of our table that no other tool uses. */
const OWN_TABLE = 'aurora_migrations';

/** What each step of an adoption came to. */
export interface Adoption {
  readonly option: BaselineFrom;
  readonly table: string;
  /** As a person would name the database. */
  readonly title: string;
  readonly baseline: BaselineReport;
  /** Null: nothing was recorded, so there is nothing to look at. */
  readonly verify: VerifyReport | null;
  readonly diff: SchemaComparison | null;
}

/** How the database differs from what the recorded migrations make. `reason`: why it was not compared. */
export type SchemaComparison =
  | { readonly text: string; readonly changes: readonly SchemaChange[] }
  | { readonly reason: Problem };

/** Reads the other tool's folder and writes it into ours. `source` may be a file. */
export function importInto(values: Values, source: string): Imported {
  const dir = values.dir ?? OPTIONS.dir.default;
  checkTarget(dir, source);
  const imported = readImport({
    tool: values.from ?? 'auto',
    source,
    engine: values.engine,
    skip: values.skip ?? [],
    values: settingsOf(values.set ?? [], 'adopt'),
  });
  writeImport(dir, imported.files);
  return imported;
}

/** Whether the folder of migrations holds any yet. */
export function hasFolder({ dir = OPTIONS.dir.default }: Values): boolean {
  return existsSync(dir) && statSync(dir).isDirectory() && readdirSync(dir).some(name => name.endsWith('.sql'));
}

/** Records in the database that the options name what the other tool has applied there, and looks at what came of it. */
export async function adoptDatabase(invocation: Invocation, imported: Imported | null): Promise<Adoption> {
  const { values } = invocation;
  const table = values.table ?? OWN_TABLE;
  const option = optionOf(values, imported);
  const own = { ...values, table, ...(imported && { engine: imported.engine }) };
  const taken = ownTableProblem(option, own, engineName(own));
  if (taken) throw new MigrationError(taken);
  return withSession({ ...invocation, values: own }, async session => {
    const { ask, title } = session;
    const baseline = await ask('baseline', option);
    const facts = { option, table, title, baseline };
    if (baseline.outcome === 'stopped') return { ...facts, verify: null, diff: null };
    const verify = await ask('verify', {});
    return { ...facts, verify, diff: await compareRecorded(own, session) };
  });
}

/** The tool that `--from` names, else that of the import. */
function optionOf({ from, 'from-table': fromTable, skip = [] }: Values, imported: Imported | null): BaselineFrom {
  const tool: SourceTool | undefined =
    imported?.tool ?? (from === undefined || from === 'auto' ? undefined : knownTool(from, 'adopt'));
  if (tool === undefined)
    throw new UsageError(
      '"adopt" needs --from TOOL where it imports nothing',
      'Name the tool of the database',
      'adopt',
    );
  const skipped = imported?.skipped ?? skip;
  return { from: tool, ...(fromTable !== undefined && { fromTable }), ...(skipped.length > 0 && { skip: skipped }) };
}

/** Compares the database with what the migrations make that are applied there. */
async function compareRecorded(values: Values, { ask, migrations, title }: Session): Promise<SchemaComparison> {
  const { migrations: all } = await ask('status', {});
  const applied = new Set(all.filter(({ state }) => state === 'baselined' || state === 'applied').map(one => one.name));
  const { text: live, server } = await ask('dump', { server: true });
  try {
    const wanted = await schemaOfFolder(values, only(migrations!, applied), server as ServerFacts);
    return diffDumps({ wanted, live, sides: { before: 'the recorded migrations', after: title } });
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return { reason: error.problems[0]! };
  }
}

function only({ manifest, body }: ManifestReader, names: ReadonlySet<string>): ManifestReader {
  const kept = manifest.migrations.filter(({ name }) => name === TRACKING_MIGRATION || names.has(name));
  return { manifest: { ...manifest, migrations: kept }, body };
}
