import { compareVersions, significant } from '../core/order.ts';
import type { Found, Half } from './found.ts';
import type { Reading } from './reading.ts';

/** What the name of a file says, where each half is a file of its own. */
export interface HalfName {
  readonly version: string;
  readonly title: string;
  readonly half: 'up' | 'down';
}

interface Pair {
  version: string;
  title: string;
  up?: Half;
  down?: Half;
}

/**
 * Migrations of which up and down are two files, in the order of their numbers. `make` reads a half; undefined: it is none. A down file
 * without an up file is listed: nothing could be undone by it.
 */
export function readPairs(
  reading: Reading,
  read: (path: string) => HalfName | undefined,
  make: (path: string, half: HalfName) => Half = path => ({ file: path, lines: reading.lines(path) }),
): Found[] {
  const pairs = new Map<string, Pair>();
  for (const path of reading.top) {
    const name = read(path);
    if (!name) continue;
    const key = significant(name.version);
    const pair: Pair = pairs.get(key) ?? { version: name.version, title: name.title };
    pairs.set(key, pair);
    const other = pair[name.half]?.file;
    if (other !== undefined) {
      reading.cannotCarry('not-importable', path, 1, `${other} has the same version, ${name.version}`);
      continue;
    }
    pair[name.half] = make(path, name);
    // The two halves may be called differently: the migration is called as its up half.
    if (name.half === 'up') Object.assign(pair, { version: name.version, title: name.title });
  }
  return [...pairs]
    .flatMap(([id, { version, title, up, down }]): Found[] => {
      if (up) return [{ version, title, id, up, down }];
      reading.leaveOut(down!.file, 'undoes a migration that has no up file');
      return [];
    })
    .sort((a, b) => compareVersions(a.version!, b.version!));
}

/** Reports the second of two migrations that have one number, and answers all in the order of the numbers. */
export function inNumericOrder(reading: Reading, found: readonly Found[]): Found[] {
  const sorted = found.toSorted((a, b) => compareVersions(a.version!, b.version!));
  for (const [at, { version, up }] of sorted.entries()) {
    const before = sorted[at - 1];
    if (before && compareVersions(before.version!, version!) === 0)
      reading.cannotCarry('not-importable', up.file, 1, `${before.up.file} has the same version, ${version}`);
  }
  return sorted;
}
