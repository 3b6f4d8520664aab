import { compareVersions } from './order.ts';

/** The version in a migration's name; null for a repeatable one. */
export function versionOf(name: string): string | null {
  return /^\d+/.exec(name)?.[0] ?? null;
}

/** The words of a name without its number, `-` and `_` alike. */
export function wordsOf(name: string): string {
  return name.replace(/^(\d+|R_)_/, '').replace(/[-_]+/g, '_');
}

/** Whether two names have the same number, whatever their zeros; those of repeatable migrations have none. */
export function sameVersion(a: string, b: string): boolean {
  const [x, y] = [versionOf(a), versionOf(b)];
  return x !== null && y !== null && compareVersions(x, y) === 0;
}

/** One above the highest of these versions, with as many digits. */
export function nextVersion(versions: readonly string[]): string {
  const highest = versions.toSorted(compareVersions).at(-1);
  return highest === undefined ? '001' : String(BigInt(highest) + 1n).padStart(highest.length, '0');
}
