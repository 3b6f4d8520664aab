import { LONGEST_NAME } from '../core/name.ts';
import { compareVersions, significant } from '../core/order.ts';

/** How versions were given: as they are, padded on the right, or raised where two did not rise. */
export type VersionRule = 'kept' | 'padded' | 'raised' | 'numbered';

/**
 * Gives versions to migrations in the other tool's order, so that our numeric order is the same and only what must change does. Null: its
 * name has no digits. `isText`: the order is that of the names, where digits of different length are compared from the left.
 */
export function giveVersions(
  written: readonly (string | null)[],
  isText: boolean,
): readonly { readonly version: string; readonly rule: VersionRule }[] {
  const known = written.filter(version => version !== null);
  const isRising = known.every((version, at) => at === 0 || compareVersions(known[at - 1]!, version) < 0);
  const longest = Math.max(0, ...known.map(version => version.length));
  const pads = isText && !isRising;
  let previous = -1n;
  let width = known[0]?.length ?? 4;
  return written.map(version => {
    const padded = version !== null && pads ? version.padEnd(longest, '0') : version;
    const wanted = padded === null ? -1n : BigInt(padded);
    const next = wanted > previous ? wanted : previous + 1n;
    const isKept = next === wanted;
    // A first one without digits is 1, as people count.
    previous = next === 0n && padded === null ? 1n : next;
    width = padded?.length ?? width;
    const given = isKept ? padded! : String(previous).padStart(width, '0');
    const rule = padded === null ? 'numbered' : !isKept ? 'raised' : padded === version ? 'kept' : 'padded';
    return { version: given, rule };
  });
}

/** Digits of dotted versions, in the order of their parts: 1, 1.1, 1.10, 2 are 100, 101, 110, 200. */
export function joinDotted(versions: readonly (readonly string[])[]): string[] {
  const positions = Math.max(0, ...versions.map(parts => parts.length));
  const widths = Array.from({ length: positions }, (_, at) =>
    Math.max(...versions.map(parts => (at === 0 ? (parts[0] ?? '') : significant(parts[at] ?? '0')).length)),
  );
  return versions.map(parts => widths.map((width, at) => significant(parts[at] ?? '0').padStart(width, '0')).join(''));
}

/** The words of another tool's name as ours are written. */
export function plainName(title: string): string {
  return (
    title
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '_')
      .replace(/^[_-]+|[_-]+$/g, '') || 'migration'
  );
}

/** A whole name, with at most as many characters as a name may have. */
export function nameOf(version: string, title: string): string {
  return `${version}_${plainName(title)}`.slice(0, LONGEST_NAME).replace(/[_-]+$/, '');
}

/** Names of repeatable migrations given in the other tool's order: numbered where the order of the names would be another. */
export function repeatableNames(titles: readonly string[]): string[] {
  const plain = titles.map(title => plainName(title).slice(0, LONGEST_NAME - 8));
  const isRising = plain.every((name, at) => at === 0 || plain[at - 1]! <= name);
  const digits = Math.max(2, String(titles.length).length);
  const seen = new Map<string, number>();
  return plain.map((name, at) => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    if (!isRising) return `R__${String(at + 1).padStart(digits, '0')}_${name}`;
    return `R__${name}${nth === 1 ? '' : `_${nth}`}`;
  });
}
