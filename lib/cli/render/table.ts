import { fit, width } from './text.ts';

export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** It may be cut down to so many characters where the line is too narrow. */
  readonly least?: number;
  /** It is left out where cutting is not enough: the highest number goes first. */
  readonly dispensable?: number;
}

export interface Cell {
  readonly text: string;
  readonly style?: (text: string) => string;
}

const GAP = '  ';

/**
 * Rows under their titles, each on one line that fits: columns are cut from the right, then left out, never wrapped.
 * Columns that are empty in every row are left out too.
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  space: number,
  title: (text: string) => string,
): string[] {
  const natural = columns.map(({ title }, at) =>
    Math.max(width(title), ...rows.map(row => width(row[at]?.text ?? ''))),
  );
  let shown = columns.map((_, at) => at).filter(at => rows.some(row => (row[at]?.text ?? '') !== ''));
  let widths = share(columns, natural, shown, space);
  while (total(widths, shown) > space) {
    const victim = mostDispensable(columns, shown);
    if (victim === undefined) break;
    shown = shown.filter(at => at !== victim);
    widths = share(columns, natural, shown, space);
  }
  const line = (cells: readonly Cell[]) =>
    shown
      .map((at, place) => {
        const { text, style } = cells[at] ?? { text: '' };
        const cut = fit(text, widths[at]!);
        const padding = ' '.repeat(widths[at]! - width(cut));
        const styled = style && cut !== '' ? style(cut) : cut;
        if (columns[at]!.align === 'right') return padding + styled;
        return place === shown.length - 1 ? styled : styled + padding;
      })
      .join(GAP)
      .trimEnd();
  return [line(columns.map(column => ({ text: column.title, style: title }))), ...rows.map(line)];
}

/** The widths at which the shown columns fit, or as narrow as they can be. */
function share(
  columns: readonly Column[],
  natural: readonly number[],
  shown: readonly number[],
  space: number,
): number[] {
  const widths = [...natural];
  for (const at of [...shown].reverse()) {
    const over = total(widths, shown) - space;
    const { least, title } = columns[at]!;
    if (over > 0 && least !== undefined)
      widths[at] = Math.min(widths[at]!, Math.max(least, width(title), widths[at]! - over));
  }
  return widths;
}

function total(widths: readonly number[], shown: readonly number[]): number {
  return shown.reduce((sum, at) => sum + widths[at]!, 0) + GAP.length * Math.max(0, shown.length - 1);
}

function mostDispensable(columns: readonly Column[], shown: readonly number[]): number | undefined {
  return shown
    .filter(at => columns[at]!.dispensable !== undefined)
    .sort((a, b) => columns[b]!.dispensable! - columns[a]!.dispensable!)[0];
}
