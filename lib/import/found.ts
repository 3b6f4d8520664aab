/** The up or the down half of a migration: SQL, and where each of its lines stands. */
export interface Half {
  /** Its file, as a path in the source. */
  readonly file: string;
  readonly lines: readonly Line[];
  /** The other tool executes it without a transaction. */
  readonly isNonTransactional?: boolean;
  /** Where it holds comments only, it is still a half that does nothing, and not none. */
  readonly isKeptEmpty?: boolean;
}

export interface Line {
  /** In its file, counted from 1. */
  readonly number: number;
  readonly text: string;
}

/** One migration of another tool. */
export interface Found {
  /** The digits of its name; null: it has none. */
  readonly version: string | null;
  /** The words of its name, as written. */
  readonly title: string;
  /** What the other tool's table records of it. */
  readonly id: string;
  /** What else identifies it: a checksum, a tag. */
  readonly details?: readonly string[];
  readonly up: Half;
  readonly down?: Half | undefined;
  readonly isRepeatable?: boolean;
  readonly description?: string | undefined;
}

/** The lines of a text. A CR stays at the end of its line; the empty line after the last line end is none. */
export function linesOf(text: string): Line[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, at) => ({ number: at + 1, text: line }));
}

/** The text of lines, with LF between them. */
export function textOf(lines: readonly Line[]): string {
  return lines.map(({ text }) => text).join('\n');
}

/** The line that an offset into `textOf(lines)` lies in. */
export function lineAt(lines: readonly Line[], offset: number): number {
  let at = 0;
  for (const { number, text } of lines) {
    at += text.length + 1;
    if (offset < at) return number;
  }
  return lines.at(-1)?.number ?? 1;
}

/** Changes the text of lines as a whole. The text may lose or gain no line ends: each line keeps its number. */
export function mapText(lines: readonly Line[], change: (text: string) => string): Line[] {
  const changed = change(textOf(lines)).split('\n');
  return lines.map(({ number }, at) => ({ number, text: changed[at] ?? '' }));
}
