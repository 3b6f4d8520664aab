import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** A fenced block: ```` ```language info ````. */
export interface Block {
  readonly language: string;
  /** What stands behind the language. */
  readonly info: string;
  readonly text: string;
  /** Of its first line of text, counted from 1. */
  readonly line: number;
}

/** A document of the repository. */
export function document(path: string): string {
  return readFileSync(ROOT + path, 'utf8');
}

/** Its fenced blocks in order. */
export function blocks(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\S*)[ \t]*(.*)\n([\s\S]*?)^```$/gm)].map(
    ({ 1: language, 2: info, 3: text, index }) => ({
      language: language!,
      info: info!.trim(),
      text: text!,
      line: markdown.slice(0, index).split('\n').length + 1,
    }),
  );
}

/** The text below a heading, up to the next of its level or above. */
export function section(markdown: string, heading: string): string {
  const [, marks = '', rest = ''] =
    new RegExp(`^(#+) ${heading.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\n([\\s\\S]*)`, 'm').exec(markdown) ?? [];
  if (marks === '') throw new Error(`There is no heading "${heading}"`);
  const end = new RegExp(`^#{1,${marks.length}} `, 'm').exec(withoutBlocks(rest))?.index;
  return rest.slice(0, end);
}

/** With blocks blanked out, offset for offset: a `#` in them is a comment. */
function withoutBlocks(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```$/gm, block => block.replace(/[^\n]/g, ' '));
}

/** Rows of the tables below a heading, cells trimmed, without the titles. */
export function rows(markdown: string): string[][] {
  const lines = markdown.split('\n').filter(line => line.startsWith('|'));
  const isRule = (line: string | undefined) => /^\|[\s:|-]+\|$/.test(line ?? '');
  return lines
    .filter((line, at) => !isRule(line) && !isRule(lines[at + 1]))
    .map(line =>
      line
        .replace(/\\\|/g, '\u0000')
        .split('|')
        .slice(1, -1)
        .map(cell => cell.replaceAll('\u0000', '|').trim()),
    );
}

/** The words in backticks of a cell. */
export function codes(cell: string | undefined): string[] {
  return [...(cell ?? '').matchAll(/`([^`]+)`/g)].map(([, code]) => code!);
}

/** Members and kinds of a value. A null says nothing of its kind. */
export function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shape);
  if (typeof value !== 'object' || value === null) return typeof value === 'object' ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, shape(one)]),
  );
}
