import type { Line } from './found.ts';

/** Puts a semicolon in the place of a delimiter that ends a line, where none stands before it. */
export function withSemicolon({ number, text }: Line, delimiter: string): Line {
  const trimmed = text.trimEnd();
  if (delimiter === ';' || !trimmed.endsWith(delimiter)) return { number, text };
  const before = trimmed.slice(0, -delimiter.length).trimEnd();
  return { number, text: before.endsWith(';') ? before : `${before};` };
}
