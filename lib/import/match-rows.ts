import type { Migration } from '../core/manifest.ts';
import type { SourceTool } from '../core/source.ts';
import { comparable, idsOf } from './ids.ts';
import type { AppliedRow } from './other-table.ts';
import { OTHER_TABLES } from './other-tables.ts';

/** A row, and the migration of the folder that it is about. */
export interface MatchedRow {
  readonly row: AppliedRow;
  /** Null: the folder has none. */
  readonly migration: Migration | null;
}

/**
 * Finds the migration of each row. `files`: those of the folder, in order. A migration of several rows is found for each; `reduceRows` has left
 * one row an id.
 */
export function matchRows(tool: SourceTool, files: readonly Migration[], rows: readonly AppliedRow[]): MatchedRow[] {
  if (tool === 'drizzle') return rows.map(row => ({ row, migration: findDrizzle(files, row) }));
  const table = OTHER_TABLES[tool];
  const byId = new Map<string, Migration>();
  for (const file of files)
    for (const id of idsOf(tool, table, file)) {
      const key = comparable(table, id);
      if (!byId.has(key)) byId.set(key, file);
    }
  const loose = tool === 'liquibase' ? looseChangesets(files) : undefined;
  return rows.map(row => ({
    row,
    migration: byId.get(comparable(table, row.id)) ?? loose?.(row.id) ?? null,
  }));
}

/**
 * Leaves the row of each id that counts: the last one that was not rolled back, else the last one. What is `upto` and `baseline` has one row
 * each.
 */
export function reduceRows(tool: SourceTool, rows: readonly AppliedRow[]): AppliedRow[] {
  const byId = new Map<string, AppliedRow>();
  for (const row of rows) {
    // Of Drizzle two files may have one time: the hash tells them apart.
    const key = tool === 'drizzle' ? `${row.id} ${row.detail}` : comparable(OTHER_TABLES[tool], row.id);
    const before = byId.get(key);
    if (before === undefined || row.state !== 'reverted') {
      byId.delete(key);
      byId.set(key, row);
    }
  }
  return [...byId.values()];
}

const MS = 1000n;

/**
 * Finds the file of a row of Drizzle: by the name of the folder, by the time, by the time in seconds where one file has it (release 1.0 writes
 * folders in seconds and keeps the milliseconds of old rows), by the hash. Row: the id is the time, the detail hash and name.
 */
function findDrizzle(files: readonly Migration[], { id, detail }: AppliedRow): Migration | null {
  const [hash = '', name = ''] = detail.split(' ');
  const known = files.filter(({ source }) => source?.tool === 'drizzle');
  const has = (test: (source: NonNullable<Migration['source']>) => boolean) => known.filter(one => test(one.source!));
  const seconds = (time: string) => (/^\d+$/.test(time) ? BigInt(time) / MS : null);
  const time = seconds(id);
  const ways = [
    has(({ details = [] }) => name !== '' && details.includes(name)),
    has(source => source.id === id),
    has(source => time !== null && seconds(source.id) === time),
    has(({ details = [] }) => hash !== '' && details.includes(hash)),
  ];
  return ways.find(found => found.length === 1)?.[0] ?? null;
}

/** Finds a changeset by author and id where they are unique and one path ends in the other. */
function looseChangesets(files: readonly Migration[]): (id: string) => Migration | undefined {
  const parts = (id: string) => {
    const [path = '', author, name] = id.split('//');
    return { path, key: `${author}//${name}` };
  };
  const all = files.flatMap(file => (file.source?.tool === 'liquibase' ? [{ file, ...parts(file.source.id) }] : []));
  return id => {
    const { path, key } = parts(id);
    const same = all.filter(one => one.key === key);
    const [only] = same;
    if (same.length !== 1 || !only) return undefined;
    return path.endsWith(`/${only.path}`) || only.path.endsWith(`/${path}`) ? only.file : undefined;
  };
}
