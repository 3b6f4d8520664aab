/** Order of application: versioned by number, then repeatable by name. */
export function compareMigrations(a: Ordered, b: Ordered): number {
  if (a.version !== null && b.version !== null)
    return compareVersions(a.version, b.version) || compareText(a.name, b.name);
  if (a.version !== null) return -1;
  if (b.version !== null) return 1;
  return compareText(a.name, b.name);
}

interface Ordered {
  readonly name: string;
  readonly version: string | null;
}

/**
 * Numeric order of digits of any length: `2` before `10`, `002` equal to `2`. A timestamp with microseconds has 20 digits, more than a
 * number holds, so it is compared as text of equal length.
 */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [significant(a), significant(b)];
  return x.length - y.length || compareText(x, y);
}

/** The version without leading zeros: two files with one of these have the same version. */
export function significant(version: string): string {
  return version.replace(/^0+(?=\d)/, '');
}

/** By code unit: the same on every machine, whatever its locale. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
