/**
 * What is wrong, where, and what to do: the one shape of everything that this project complains about.
 * Expected disagreement travels as a `Problem` value; a failure is thrown as a `MigrationError` that carries one or more.
 */
export interface Problem {
  /** Stable, kebab-case: what a program may branch on. */
  readonly code: string;
  /** One sentence: what is wrong. No SQL text, no row values. */
  readonly message: string;
  /** One sentence in the imperative: what the reader can do about it. */
  readonly remedy: string;
  readonly place?: Place;
  /** The name of the migration it is about. */
  readonly migration?: string;
}

/** A place in a migration file. `line` and `column` count from 1; `column` counts characters. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
  /** The text of that line, for the caret under it. */
  readonly text?: string;
}

/** The one error class. Everything this project throws on purpose is one of these, with the remedy in it. */
export class MigrationError extends Error {
  override readonly name: string = 'MigrationError';
  readonly problems: readonly Problem[];

  constructor(problems: Problem | readonly Problem[], options?: { cause?: unknown }) {
    const all = Array.isArray(problems) ? (problems as readonly Problem[]) : [problems as Problem];
    super(all.map(describe).join('\n'), options);
    this.problems = all;
  }

  /** The code of the first problem. */
  get code(): string {
    return this.problems[0]?.code ?? 'unknown';
  }
}

/** `file:line:column: what, what to do`, on one line. */
export function describe({ place, message, remedy }: Problem): string {
  return `${place ? `${where(place)}: ` : ''}${sentence(message)} ${sentence(remedy)}`;
}

/** `file:line:column`. */
export function where({ file, line, column }: Place): string {
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}

/** The place of a failure, `file:line:column`; null: its file or its line is not known. */
export function placeOf({
  file,
  line,
  column,
}: { readonly [part in 'file' | 'line' | 'column']: Place[part] | null }): string | null {
  return file == null || line == null ? null : where({ file, line, ...(column != null && { column }) });
}

/** Whether the code of a failure is the database's, and not one of ours (`interrupted`). */
export function isSqlState(code: string | null): code is string {
  return code !== null && /^[0-9A-Z]{5}$/.test(code);
}

/** `SQLSTATE 42P01, statement 2`, as far as a failure has them. */
export function codeAndStatement(failure: { readonly code: string | null; readonly statement: number | null }): string {
  const { code, statement } = failure;
  return [isSqlState(code) && `SQLSTATE ${code}`, statement !== null && `statement ${statement}`]
    .filter(Boolean)
    .join(', ');
}

/** The line of the place with a caret under the column, or nothing where the text is not known. Tabs keep their width. */
export function caret({ text, column }: Place): string | undefined {
  if (text === undefined || column === undefined) return undefined;
  // A line of a minified or generated file may be megabytes long: show the part around the column.
  const start = Math.max(0, column - 1 - 60);
  const shown = text.slice(start, start + 120);
  const indent = shown.slice(0, column - 1 - start).replace(/[^\t]/g, ' ');
  return `    ${shown}\n    ${indent}^`;
}

/** With a full stop, where it has none. */
export function sentence(text: string): string {
  return /[.!?:]$/.test(text) ? text : `${text}.`;
}
