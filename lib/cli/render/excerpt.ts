import type { Screen } from './screen.ts';
import { fit, printable, width } from './text.ts';

/** Where nobody's screen sets a limit: a line of a generated file may be megabytes long. */
const MOST = 160;

/**
 * A line of a file with its number before it and a caret under the column, cut so that it fits on the screen with the column in view.
 * (The caret of `lib/core` is for places that know no screen: CloudFormation, logs.)
 */
export function excerpt(
  place: { line: number; column?: number | null; text: string },
  screen: Screen,
  indent = 2,
): string[] {
  const { color } = screen;
  const number = String(place.line);
  const margin = `${' '.repeat(indent)}${number} │ `;
  const space = Math.max(20, Math.min(screen.width, MOST) - margin.length);
  const column = Math.min(place.column ?? 1, place.text.length + 1);
  const before = shown(place.text.slice(0, column - 1));
  // So much is left out at the left that a third of the space remains for what follows the column.
  const room = Math.floor((space * 2) / 3);
  const head = width(before) > room ? `…${tail(before, room - 1)}` : before;
  const line = fit(head + shown(place.text.slice(column - 1, column - 1 + space)), space);
  const lines = [color.dim(margin) + line];
  if (place.column != null) {
    lines.push(`${color.dim(`${' '.repeat(indent + number.length)} │ `)}${' '.repeat(width(head))}${color.red('^')}`);
  }
  return lines;
}

function shown(text: string): string {
  return printable(text).replace(/\n/g, ' ');
}

function tail(text: string, columns: number): string {
  let kept = '';
  for (const character of [...text].reverse()) {
    if (width(character + kept) > columns) break;
    kept = character + kept;
  }
  return kept;
}
