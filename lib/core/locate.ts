import type { Script } from './manifest.ts';
import { statementsOf } from './script.ts';

/** Where in a file something stands, counted from 1. */
export interface Location {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/**
 * Where the error of a statement is: PostgreSQL gives no position from within a function, but its message quotes a name. The first place in
 * the statement where that name stands, else the statement's beginning.
 */
export function locate(script: Script, statement: number, message: string, firstLine = 1): Location | null {
  const found = statementsOf(script)[statement - 1];
  if (!found) return null;
  const { content } = script;
  const quoted = [...message.matchAll(/"([^"]+)"/g)].map(match => match[1]!);
  const begin = startOfStatement(content, found.from, (script.facts.lines[statement - 1] ?? firstLine) - firstLine);
  const body = content.slice(begin, found.from + found.sql.length);
  const offset = quoted.map(name => indexOfName(body, name)).find(at => at >= 0) ?? 0;
  return at(content, begin + offset, firstLine);
}

/** The statement begins on that line: what stands before it in the piece are comments. */
function startOfStatement(content: string, from: number, linesBefore: number): number {
  let start = from;
  let line = content.slice(0, from).split('\n').length - 1;
  while (line < linesBefore) {
    const next = content.indexOf('\n', start);
    if (next < 0) return from;
    start = next + 1;
    line++;
  }
  const blank = /^\s*/.exec(content.slice(start))![0].length;
  return start + blank;
}

/** Where a text has a name as a word of its own, quoted or not, whatever its case; -1: nowhere. */
export function indexOfName(body: string, name: string): number {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const match = new RegExp(`(?<![\\w$])${escaped}(?![\\w$])`, 'i').exec(body);
  return match ? match.index : -1;
}

function at(content: string, position: number, firstLine: number): Location {
  const before = content.slice(0, position);
  const begin = before.lastIndexOf('\n') + 1;
  const end = content.indexOf('\n', position);
  return {
    line: before.split('\n').length - 1 + firstLine,
    column: position - begin + 1,
    text: content.slice(begin, end < 0 ? undefined : end).replace(/\r$/, ''),
  };
}
