import type { SchemaObject } from './schema.ts';
import { type ComparedLine, compareLines } from './schema-lines.ts';

/** How one object differs between two schemas. */
export interface SchemaChange extends Pick<SchemaObject, 'kind' | 'name'> {
  readonly change: 'added' | 'removed' | 'changed';
  /** Null: added. */
  readonly before: string | null;
  /** Null: removed. */
  readonly after: string | null;
}

/** Lines that are shown around a difference. */
const CONTEXT = 3;

/** What differs, object by object: in the order of `after`, what is not there any more last. Order and formatting of the dumps mean nothing. */
export function compareSchemas(before: readonly SchemaObject[], after: readonly SchemaObject[]): SchemaChange[] {
  const old = new Map(before.map(one => [keyOf(one), one]));
  const changes: SchemaChange[] = [];
  for (const one of after) {
    const { kind, name, sql } = one;
    const was = old.get(keyOf(one));
    old.delete(keyOf(one));
    if (!was) changes.push({ kind, name, change: 'added', before: null, after: sql });
    else if (withoutCarriageReturns(was.sql) !== withoutCarriageReturns(sql))
      changes.push({ kind, name, change: 'changed', before: was.sql, after: sql });
  }
  for (const { kind, name, sql } of old.values())
    changes.push({ kind, name, change: 'removed', before: sql, after: null });
  return changes;
}

/** Whether the lines of a body end in CRLF depends on the client that sent it, and means nothing. */
function withoutCarriageReturns(sql: string): string {
  return sql.replaceAll('\r\n', '\n');
}

/** The labels of the two sides. */
export interface Sides {
  readonly before: string;
  readonly after: string;
}

/** As a unified diff with the object's name above each hunk; empty for no changes. */
export function formatChanges(changes: readonly SchemaChange[], sides: Sides): string {
  if (changes.length === 0) return '';
  const parts = changes.flatMap(({ kind, name, change, before, after }) => {
    const lines = compareLines(linesOf(before), linesOf(after));
    return [`@@ ${kind} ${name.replaceAll('\n', '\\n')}: ${change} @@`, ...around(lines).map(line)];
  });
  return `${[`--- ${sides.before}`, `+++ ${sides.after}`, ...parts].join('\n')}\n`;
}

/** Only what is near a difference; null stands for what was left out. */
function around(lines: readonly ComparedLine[]): (ComparedLine | null)[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ mark }) => mark !== ' '),
  );
  return lines.flatMap((one, at) => (near[at] ? [one] : at === 0 || near[at - 1] ? [null] : []));
}

function line(one: ComparedLine | null): string {
  return one ? `${one.mark}${one.text}` : ' …';
}

function linesOf(sql: string | null): string[] {
  return sql === null ? [] : sql.split('\n');
}

function keyOf({ kind, name }: SchemaObject): string {
  return `${kind}: ${name}`;
}
