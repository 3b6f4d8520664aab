import fc from 'fast-check';
import { expect } from 'vitest';
import { type Compiled, reader } from '../../lib/compile/index.ts';
import { type ManifestReader, TRACKING_MIGRATION } from '../../lib/core/manifest.ts';
import { executes } from '../../lib/core/plan.ts';
import type { Report } from '../../lib/core/report.ts';
import type { revert } from '../../lib/runner/index.ts';
import { actions, DAILY, type Operation, operationsOf } from '../core/identity/actions.ts';
import { byTheRules, TestDatabase } from '../core/identity/database.ts';
import { type Folder, nameOf, type Statement, withCompiled, withoutCompiled } from '../core/identity/team.ts';
import type { Files } from '../support/migrations.ts';

/** A database on which histories of a team are played, with the runner's verbs. */
export interface Real {
  /** A statement of the model as SQL: each writes a row with its text into the table of its object. */
  readonly sqlOf: (statement: Statement) => string;
  readonly compile: (files: Files) => Promise<Compiled>;
  readonly up: (migrations: ManifestReader) => Promise<Report>;
  readonly revert: (migrations: ManifestReader, what: { steps: number } | 'missing') => ReturnType<typeof revert>;
  readonly sql: (text: string) => Promise<unknown[][]>;
  /** Whether rows are set aside and put back: what the engine keeps beside them would not fit. */
  readonly isRestorable: boolean;
}

/** Names of the objects of the model. */
export const OBJECTS = Array.from({ length: 23 }, (_, at) => `o${at}`);

/** Mostly daily work, for a stop ends in nothing to compare. */
const KINDS = [...DAILY, ...'deploy deploy rename renumber edit append rename-edit split'.split(' ')];

/** What the runner was asked and did. */
export interface Replayed {
  deploys: number;
  stopped: number;
  failed: number;
  moved: number;
}

/**
 * Plays random histories of a team on one database, once with the runner and once with the model, which only remembers. After each thing that is
 * done both must have stopped for the same problems, executed the same statements in the same order, and written the same rows; and the model,
 * which knows what everybody meant, finds nothing executed twice and nothing skipped.
 */
export async function replay(real: Real, drawn: { histories: number; seed: number }): Promise<Replayed> {
  try {
    return await replayAll(real, drawn);
  } finally {
    // Other tests of this process play the same files.
    withoutCompiled();
  }
}

async function replayAll(real: Real, { histories, seed }: { histories: number; seed: number }): Promise<Replayed> {
  const seen: Replayed = { deploys: 0, stopped: 0, failed: 0, moved: 0 };
  for (const [nth, operations] of draw(real, histories, seed).entries()) {
    const model = new TestDatabase(new Set(), byTheRules, {});
    await forget(real);
    for (const [at, operation] of operations.entries()) {
      await step(real, model, operation, seen, `history ${nth} of seed ${seed}, operation ${at} (${operation.kind})`);
    }
    const faults = [...model.faults.values()].filter(({ kind }) => kind !== 'nothing left to recognise');
    expect(faults, `history ${nth} of seed ${seed}`).toEqual([]);
  }
  return seen;
}

/** So many histories: of four times as many those with the most to do. All that happens, happens to one database. */
function draw({ isRestorable }: Real, histories: number, seed: number): Operation[][] {
  return fc
    .sample(actions(KINDS), { numRuns: 4 * histories, seed })
    .map(list =>
      [...operationsOf(list.map(action => ({ ...action, database: 0 })))].filter(one =>
        'folder' in one ? one.folder.length > 0 : isRestorable,
      ),
    )
    .sort((a, b) => b.length - a.length)
    .slice(0, histories);
}

async function step(real: Real, model: TestDatabase, operation: Operation, seen: Replayed, at: string): Promise<void> {
  if (operation.kind !== 'deploy' && operation.kind !== 'down') return saveOrRestore(real, model, operation.kind);
  await withRealFacts(real, [operation.folder, model.green]);
  const executed = model.runs.length;
  if (operation.kind === 'deploy') await deploy(real, model, operation, seen, at);
  else {
    const rows = model.rows.length;
    const { folder, steps } = operation;
    model.down(folder, steps);
    if (model.rows.length > rows) await real.revert(await readerOf(real, folder), { steps });
  }
  const texts = model.runs.slice(executed).map(({ text }) => text);
  expect((await real.sql('select text from executed order by id')).flat(), at).toEqual(texts);
  await real.sql('delete from executed');
  expect(await rowsOf(real), at).toEqual(
    model.rows.map(({ name, status, otherName }) => `${name} ${status} ${otherName}`).sort(),
  );
}

async function saveOrRestore({ sql }: Real, model: TestDatabase, kind: 'snapshot' | 'restore'): Promise<void> {
  const saved = model.saved.length;
  if (kind === 'snapshot') {
    model.snapshot();
    await sql(`create table saved_${saved} as select * from schema_migrations`);
    return;
  }
  model.restore();
  if (saved === 0) return;
  await sql('delete from schema_migrations');
  await sql(`insert into schema_migrations select * from saved_${saved - 1}`);
}

async function deploy(
  real: Real,
  model: TestDatabase,
  { folder, failAt, reverts }: Extract<Operation, { kind: 'deploy' }>,
  seen: Replayed,
  at: string,
): Promise<void> {
  const { steps, problems } = model.plan(folder);
  const todo = steps.filter(executes).flatMap(({ migration, from }) => {
    const file = folder.find(one => nameOf(one) === migration)!;
    return file.up.slice(from - 1);
  });
  const failing = problems.length > 0 ? undefined : todo[failAt - 1];
  // One text may stand in two statements: the first would fail already.
  const nth = failing && 1 + todo.slice(0, failAt - 1).filter(({ text }) => text === failing.text).length;
  if (failing) await real.sql(`insert into failing values ('${failing.text}', ${nth})`);
  const green = model.green;
  const outcome = model.deploy(folder, { failAt, reverts });
  const report = await real.up(await readerOf(real, folder));
  await real.sql('delete from failing');
  seen.deploys++;
  seen.moved += steps.filter(({ reason }) => reason === 'moved').length;
  const known = report.outcome === 'nothing-to-do' ? 'applied' : report.outcome;
  const codes = report.problems.map(({ code, migration }) => `${code} ${migration}`);
  expect({ outcome: known, codes }, at).toEqual({
    outcome,
    codes: problems.map(({ code, migration }) => `${code} ${migration}`),
  });
  if (outcome === 'stopped') seen.stopped++;
  if (outcome !== 'failed') return;
  seen.failed++;
  if (reverts) await real.revert(await readerOf(real, green), 'missing');
}

/** The files of a folder. To undo one has no effect: only the rows are compared. */
function filesOf({ sqlOf }: Real, folder: Folder): Files {
  return Object.fromEntries(
    folder.map(file => {
      const head = file.isStepwise ? '-- migrate:up transaction:false\n' : '';
      const down = file.isRepeatable ? '' : '\n-- migrate:down\nselect 1;';
      return [nameOf(file), `${head}${file.up.map(sqlOf).join('\n')}${down}`];
    }),
  );
}

async function readerOf(real: Real, folder: Folder): Promise<ManifestReader> {
  return reader(await real.compile(filesOf(real, folder)));
}

/** Lets the model know of each file what the compiler finds out. */
async function withRealFacts(real: Real, folders: readonly Folder[]): Promise<void> {
  for (const folder of folders) {
    const { manifest, errors } = await real.compile(filesOf(real, folder));
    expect(errors.filter(({ code }) => code !== 'empty-folder')).toEqual([]);
    withCompiled(folder, manifest.migrations);
  }
}

async function rowsOf({ sql }: Real): Promise<string[]> {
  const rows = await sql(
    `select name, status, coalesce(other_name, 'null') from schema_migrations where name <> '${TRACKING_MIGRATION}'`,
  );
  return rows.map(row => row.join(' ')).sort();
}

async function forget({ sql }: Real): Promise<void> {
  await sql('delete from schema_migrations');
  for (let nth = 0; nth < 70; nth++) await sql(`drop table if exists saved_${nth}`);
  await sql('delete from executed');
}
