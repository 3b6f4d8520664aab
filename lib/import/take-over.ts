import type { Problem } from '../core/errors.ts';
import type { Manifest, Migration } from '../core/manifest.ts';
import type { OutOfOrder } from '../core/plan.ts';
import type { SourceTool } from '../core/source.ts';
import type { BaselineFrom, TakenOver } from '../core/take-over.ts';
import { comparable, compareIds, idsOf } from './ids.ts';
import { type MatchedRow, matchRows, reduceRows } from './match-rows.ts';
import type { AppliedRow, OtherTable } from './other-table.ts';
import { OTHER_TABLES } from './other-tables.ts';
import { takeOverRails } from './rails/take-over.ts';
import type { OtherHistory } from './read-applied.ts';
import * as say from './take-over-problems.ts';

/** What is known besides the other tool's rows. */
export interface Circumstances {
  /** The database holds nothing but our own tables. */
  readonly isEmpty: boolean;
  /** Undefined: nobody has said that older migrations may run after newer ones. */
  readonly outOfOrder: OutOfOrder | undefined;
}

const NONE: TakenOver = { baselined: [], problems: [], notes: [] };

/** Tells which migrations of the folder another tool has applied, and what forbids to record them. Pure. */
export function takeOver(
  option: BaselineFrom,
  manifest: Manifest,
  history: OtherHistory,
  circumstances: Circumstances,
): TakenOver {
  const tool = option.from;
  // The first is that of our own tables.
  const files = manifest.migrations.slice(1);
  const stop = (problem: Problem): TakenOver => ({ ...NONE, problems: [problem] });
  const other = otherSource(tool, files);
  if (other) return stop(say.otherSource(tool, other));
  if (history.problem) return stop(history.problem);
  if (history.table === null) {
    if (circumstances.isEmpty) return { ...NONE, notes: [say.emptyDatabase(tool)] };
    return stop(say.missingTable(option, OTHER_TABLES[tool], history));
  }
  const rows = reduceRows(tool, history.rows);
  const blocked = rows.filter(({ state }) => state === 'failed' || state === 'locked');
  if (blocked.length > 0) return stop(say.unfinished(tool, history.table, blocked));
  if (tool === 'rails') return takeOverRails(history.table, files, rows);
  return compare(option, history.table, files, rows, circumstances);
}

/** A file that was imported from a tool that this one cannot have applied, where no file is of this one. */
function otherSource(tool: SourceTool, files: readonly Migration[]): Migration | undefined {
  const { layouts = [] } = OTHER_TABLES[tool];
  const sourced = files.filter(({ source }) => source !== undefined);
  const isOwn = ({ source }: Migration) => source!.tool === tool || layouts.includes(source!.tool);
  return sourced.some(isOwn) ? undefined : sourced[0];
}

function compare(
  option: BaselineFrom,
  table: string,
  files: readonly Migration[],
  rows: readonly AppliedRow[],
  { outOfOrder }: Circumstances,
): TakenOver {
  const tool = option.from;
  const kind = OTHER_TABLES[tool];
  const matched = matchRows(tool, files, rows);
  const covered = coveredBy(tool, kind, files, matched);
  const unknown = unknownRows(option, kind, files, matched, covered);
  const late = lateFiles(files, covered);
  const problems = [
    ...(unknown.stray.length > 0 ? [say.noFile(tool, table, unknown.stray)] : []),
    ...(late.length > 0 && outOfOrder !== 'apply' ? [say.lateFiles(tool, late, lastOf(files, covered)!)] : []),
  ];
  const notes = [
    ...(problems.length === 0 ? [say.counted(tool, table, covered.size, files.length)] : []),
    ...(late.length > 0 && outOfOrder === 'apply' ? [say.lateNote(tool, late)] : []),
    ...(unknown.older.length > 0 ? [say.olderRows(tool, unknown.older)] : []),
    ...(kind.doubt && rows.length > 0 ? [kind.doubt] : []),
    ...matched.flatMap(one => rowNotes(tool, one)),
  ];
  return { baselined: files.filter(file => covered.has(file)), problems, notes };
}

/** The migrations that are applied: those of a row, and all up to a row that stands for those before it too. */
function coveredBy(
  tool: SourceTool,
  kind: OtherTable,
  files: readonly Migration[],
  matched: readonly MatchedRow[],
): Set<Migration> {
  const covered = new Set<Migration>();
  for (const { row, migration } of matched) {
    if (migration && row.state === 'applied' && !isOutdated(tool, row, migration)) covered.add(migration);
    if (row.state !== 'upto' && row.state !== 'baseline') continue;
    for (const file of files) {
      const [id] = idsOf(tool, kind, file);
      if (id !== undefined && file.version !== null && isUpTo(kind, id, row.id)) covered.add(file);
    }
  }
  return covered;
}

function isUpTo(kind: OtherTable, id: string, last: string): boolean {
  const plain = (one: string) => (kind.order === 'text' ? one : comparable(kind, one));
  return compareIds(kind.order, plain(id), plain(last)) <= 0;
}

/** A repeatable migration of Flyway whose file was changed after it was applied: it runs once more, as with Flyway. */
function isOutdated(tool: SourceTool, row: AppliedRow, { version, source }: Migration): boolean {
  const checksum = source?.details?.[0];
  return tool === 'flyway' && version === null && checksum !== undefined && row.detail.split(' ', 1)[0] !== checksum;
}

/** Rows without a file. `older`: from before the first file, which is applied: their files were deleted when the history was shortened. */
function unknownRows(
  { from, skip = [] }: BaselineFrom,
  kind: OtherTable,
  files: readonly Migration[],
  matched: readonly MatchedRow[],
  covered: ReadonlySet<Migration>,
) {
  // A file that was left out at the import is named as it was there: 00003_seed.go.
  const skipped = new Set(skip.flatMap(id => [id, ...(/^\d+/.exec(id) ?? [])]).map(id => comparable(kind, id)));
  const applied = matched.filter(({ row: { state, id }, migration }) => {
    const counts = state === 'applied' || state === 'upto';
    return counts && migration === null && !skipped.has(comparable(kind, id));
  });
  const own = files.filter(file => file.version !== null && idsOf(from, kind, file).length > 0);
  const [first] = own;
  const isOlder = (id: string) =>
    first !== undefined && covered.has(first) && isUpTo(kind, id, idsOf(from, kind, first)[0]!);
  const rows = applied.map(({ row }) => row);
  return { older: rows.filter(({ id }) => isOlder(id)), stray: rows.filter(({ id }) => !isOlder(id)) };
}

/** Versioned files that are not applied, below one that is. */
function lateFiles(files: readonly Migration[], covered: ReadonlySet<Migration>): Migration[] {
  const versioned = files.filter(({ version }) => version !== null);
  const last = versioned.findLastIndex(file => covered.has(file));
  return versioned.slice(0, last + 1).filter(file => !covered.has(file));
}

function lastOf(files: readonly Migration[], covered: ReadonlySet<Migration>): Migration | undefined {
  return files.findLast(file => file.version !== null && covered.has(file));
}

function rowNotes(tool: SourceTool, { row, migration }: MatchedRow): string[] {
  if (migration === null) return [];
  if (row.state === 'skipped') return [say.skipped(tool, migration)];
  if (row.state !== 'applied') return [];
  if (isOutdated(tool, row, migration)) return [say.outdated(tool, migration)];
  const hash = migration.source?.details?.at(-1);
  return hash !== undefined && row.detail !== '' && !row.detail.split(' ').includes(hash)
    ? [say.edited(tool, migration)]
    : [];
}
