import type { Database } from '../../core/database.ts';
import { MigrationError } from '../../core/errors.ts';
import type { History, HistoryEntry } from '../../core/history.ts';
import type { IdentityFacts } from '../../core/identity.ts';
import type { EngineName, ManifestReader } from '../../core/manifest.ts';
import type { PlanOptions } from '../../core/plan.ts';
import type { BaselineFrom } from '../../core/take-over.ts';
import type { Engine } from '../../engine/engine.ts';
import type { OtherHistory } from '../../import/read-applied.ts';
import { withOtherTool } from '../../import/take-over-from.ts';
import { engineOf } from '../engine.ts';
import type { Values } from '../options.ts';

/** What the construct was told, as the function passes it on. */
type Passed = Told['names'] & Told['plan'];

/** The same, by what it is for. */
export interface Told {
  /** What a folder for the same database is compiled with. */
  readonly names: Readonly<Pick<Values, 'database' | 'schema' | 'table'>> & { readonly engine: EngineName };
  /** What it is planned with. */
  readonly plan: Pick<PlanOptions, 'onChanged' | 'outOfOrder'> & { readonly baseline?: string };
  /** Where the option `baseline` names another tool: that, and a reader of its table. */
  readonly other?: { readonly option: BaselineFrom; readonly read: () => Promise<OtherHistory> };
}

/** A database that is only read: where a plan is made, or a rehearsal. */
export interface ReadOnly {
  readonly engine: Pick<Engine, 'store'>;
  readonly database: Database;
  /** Undefined: no function reads it. */
  readonly told?: Told;
}

type ReadOf =
  | ('readHistory' | 'readFacts' | 'readUnfinished' | 'readLatest')
  | ('isEmpty' | 'databaseName' | 'activity' | 'readApplied');

/** Asks the function what its engine reads. */
export type Read = (fields: { readonly of: ReadOf; readonly names?: readonly string[] }) => Promise<ReadAnswer>;

export interface ReadAnswer {
  /** JSON of the value and of what the construct was told. */
  readonly text: string;
  readonly dataApiCalls: number;
}

/** The history as JSON holds it. */
type WrittenHistory = Omit<History, 'entries'> & { readonly entries: readonly (readonly [string, HistoryEntry])[] };

/**
 * The database behind a function, for a plan that is made here: an engine that reads through the function, so that the plan of any folder is
 * made by the same code as in a deploy. The history is read at once, for it comes with what the construct was told.
 */
export async function readThrough(
  read: Read,
): Promise<{ readonly engine: Engine; readonly database: Database; readonly told: Told }> {
  let calls = 0;
  const ask = async <T>(of: ReadOf, names: readonly string[] = []): Promise<{ value: T; told: Passed }> => {
    const { text, dataApiCalls } = await read({ of, names }).catch(thrown => Promise.reject(explained(thrown)));
    calls += dataApiCalls;
    return JSON.parse(text) as { value: T; told: Passed };
  };
  const { value, told: passed } = await ask<WrittenHistory>('readHistory');
  const { engine: name, database: migrated, schema, table, baseline, ...plan } = passed;
  const names = {
    engine: name,
    ...(migrated !== undefined && { database: migrated }),
    ...(schema !== undefined && { schema }),
    ...(table !== undefined && { table }),
  };
  const readValue = async <T>(of: ReadOf, names?: readonly string[]) => (await ask<T>(of, names)).value;
  const own = engineOf(names);
  const { databaseName } = own.store;
  const store: Engine['store'] = {
    ...own.store,
    readHistory: async () => ({ ...value, entries: new Map(value.entries) }),
    readFacts: async (_, names) => new Map(await readValue<[string, IdentityFacts][]>('readFacts', names)),
    readUnfinished: (_, names) => readValue('readUnfinished', names),
    readLatest: (_, names) => readValue('readLatest', names),
    isEmpty: () => readValue('isEmpty'),
    ...(databaseName && { databaseName: () => readValue<string>('databaseName') }),
  };
  const engine = { ...own, store, diagnostics: { ...own.diagnostics, activity: () => readValue<never>('activity') } };
  const told = { names, ...baselineOf(plan, baseline, () => readValue<OtherHistory>('readApplied')) };
  return { engine, database: onlyCounted(() => calls), told };
}

/** The option `baseline` is a version, or JSON of what names another tool: no version begins with a brace. */
function baselineOf(
  plan: Told['plan'],
  baseline: string | undefined,
  read: () => Promise<OtherHistory>,
): Pick<Told, 'plan' | 'other'> {
  if (baseline === undefined) return { plan };
  if (baseline[0] !== '{') return { plan: { ...plan, baseline } };
  return { plan, other: { option: JSON.parse(baseline) as BaselineFrom, read } };
}

/** The engine, where another tool was told: its history says what that one has applied. */
export function withTold(
  engine: Engine,
  told: Told | undefined,
  folder: { readonly migrations: ManifestReader } & Pick<PlanOptions, 'outOfOrder'>,
): Engine {
  if (told?.other === undefined) return engine;
  const { option, read } = told.other;
  return withOtherTool(engine, option, folder, read);
}

/** A function that was deployed by an older version does not know the question. */
function explained(thrown: unknown): unknown {
  if (!(thrown instanceof MigrationError) || thrown.code !== 'unknown-action') return thrown;
  return new MigrationError({
    code: 'old-function',
    message: 'The deployed function is of an older version, which cannot tell what a plan of this folder needs',
    remedy:
      'Deploy once, or name the cluster itself (--cluster-arn, --secret-arn, --database); `plan --deployed` is about the folder that is deployed',
  });
}

/** Stands where the engine would execute something: what it reads comes through the function. */
function onlyCounted(calls: () => number): Database {
  const refuse = () => Promise.reject(new Error('a database behind a function is only read'));
  return {
    execute: refuse,
    transaction: refuse,
    begin: refuse,
    get calls() {
      return calls();
    },
  };
}
