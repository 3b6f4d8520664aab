import type { Half, Line } from './found.ts';

/** What a marker line of a tool says: the lines after it are of that half, or of none; null: the line only goes away. */
export type Marker = 'up' | 'down' | 'ignored' | null;

/** A run of lines between two markers. */
export interface Part {
  /** null: before the first marker. */
  readonly half: 'up' | 'down' | 'ignored' | null;
  readonly lines: readonly Line[];
}

/** Cuts lines at the marker lines of a tool, which are taken out. `read` answers undefined for a line that is no marker. */
export function cut(lines: readonly Line[], read: (text: string, line: Line) => Marker | undefined): Part[] {
  const parts: { half: Part['half']; lines: Line[] }[] = [{ half: null, lines: [] }];
  for (const line of lines) {
    const marker = read(line.text.replace(/\r$/, ''), line);
    if (marker === undefined) parts.at(-1)!.lines.push(line);
    else if (marker !== null) parts.push({ half: marker, lines: [] });
  }
  return parts;
}

/** All lines of one half, in the order of the file. */
export function joined(parts: readonly Part[], half: Part['half']): Line[] {
  return parts.filter(part => part.half === half).flatMap(part => part.lines);
}

/** A half, or undefined where no marker names it. */
export function half(
  file: string,
  parts: readonly Part[],
  name: 'up' | 'down',
  isNonTransactional = false,
): Half | undefined {
  if (!parts.some(part => part.half === name)) return undefined;
  return { file, lines: joined(parts, name), isNonTransactional };
}
