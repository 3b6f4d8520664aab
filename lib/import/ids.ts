import type { Migration } from '../core/manifest.ts';
import type { SourceTool } from '../core/source.ts';
import type { IdOrder, OtherTable } from './other-table.ts';

/** The form in which ids of a tool are equal: without zeros before a number, and as the tool itself normalizes them. */
export function comparable({ normalize }: Pick<OtherTable, 'normalize'>, id: string): string {
  const plain = normalize?.(id) ?? id;
  return /^\d+$/.test(plain) ? String(BigInt(plain)) : plain;
}

/** Compares two ids as the tool orders its migrations: negative, 0 or positive. Text is ordered by code units, digits of one length by value. */
export function compareIds(order: IdOrder, one: string, other: string): number {
  if (order === 'text' || !(isNumbers(one) && isNumbers(other))) return one < other ? -1 : one > other ? 1 : 0;
  const [a, b] = [one, other].map(id => id.split('.').map(BigInt));
  for (let part = 0; part < Math.max(a!.length, b!.length); part++) {
    const [x, y] = [a![part] ?? 0n, b![part] ?? 0n];
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

function isNumbers(id: string): boolean {
  return /^\d+(\.\d+)*$/.test(id);
}

/**
 * The ids under which the tool may know a migration of ours, the best first: those of its `-- Source:` line, else one that its file's name
 * gives. None: the tool never had it.
 */
export function idsOf(tool: SourceTool, table: OtherTable, migration: Migration): string[] {
  const { source, version } = migration;
  if (source !== undefined) {
    if (source.tool !== tool && !table.layouts?.includes(source.tool)) return [];
    return table.detailsAreIds ? [source.id, ...(source.details ?? [])] : [source.id];
  }
  if (version === null) return [];
  const ids = { version, file: migration.file.replace(/^.*[\\/]/, ''), name: migration.name, none: null };
  const id = ids[table.idOfFile];
  return id === null ? [] : [id];
}
