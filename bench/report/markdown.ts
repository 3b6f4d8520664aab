import type { Check, Section } from '../works/work.ts';

/** Sections as Markdown: it is read in a terminal as well. */
export function sections(all: readonly Section[]): string {
  return all
    .map(({ title, note, columns, rows }) =>
      [`## ${title}`, '', ...(note ? [note, ''] : []), table(columns, rows), ''].join('\n'),
    )
    .join('\n');
}

export function checks(all: readonly Check[]): string {
  const rows = all.map(({ what, limit, measured, holds }) => [
    what,
    limit,
    measured,
    holds ? 'holds' : '**falls short**',
  ]);
  return ['## What must hold', '', table(['', 'wanted', 'measured', ''], rows), ''].join('\n');
}

/** Text to the left, figures to the right, columns aligned. */
function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const escaped = rows.map(row => columns.map((_, index) => (row[index] ?? '').replaceAll('|', '\\|')));
  // What does not fit its column (an error) does not widen it.
  const widths = columns.map((column, index) =>
    Math.max(3, column.length, ...escaped.map(row => row[index]!.length).filter(length => length <= 50)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!))).join(' | ')} |`;
  const rule = `|${widths.map((width, index) => (index === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`;
  return [line(columns), rule, ...escaped.map(line)].join('\n');
}
