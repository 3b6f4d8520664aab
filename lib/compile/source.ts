import type { Place, Problem } from '../core/errors.ts';

/** The text of one migration file, with its places and what is wrong in it. */
export class Source {
  /** As people name the file. */
  readonly file: string;
  /** The migration it belongs to. */
  readonly migration: string;
  /** Without a BOM. */
  readonly text: string;
  readonly errors: Problem[] = [];
  readonly warnings: Problem[] = [];
  #lineStarts: number[] | undefined;

  constructor(file: string, migration: string, text: string) {
    this.file = file;
    this.migration = migration;
    this.text = text;
  }

  error(code: string, offset: number, message: string, remedy: string): void {
    this.errors.push({ code, message, remedy, place: this.place(offset), migration: this.migration });
  }

  warn(code: string, offset: number, message: string, remedy: string): void {
    this.warnings.push({ code, message, remedy, place: this.place(offset), migration: this.migration });
  }

  /** Line of an offset, counted from 1. Only LF ends a line: CR belongs to the end of the text of a line. */
  line(offset: number): number {
    const starts = this.#starts();
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  place(offset: number): Place {
    const line = this.line(offset);
    const start = this.#starts()[line - 1]!;
    const end = this.text.indexOf('\n', start);
    const text = this.text.slice(start, end < 0 ? undefined : end).replace(/\r$/, '');
    return { file: this.file, line, column: characters(this.text, start, offset) + 1, text };
  }

  #starts(): number[] {
    if (this.#lineStarts) return this.#lineStarts;
    const starts = [0];
    for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#lineStarts = starts;
    return starts;
  }
}

/** How many characters (code points) stand between two offsets. */
function characters(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) count++;
  return count;
}
