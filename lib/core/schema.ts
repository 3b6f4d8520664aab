import { sha256 } from './checksum.ts';
import type { Database, Diagnostics } from './database.ts';

/** One thing of a database's schema, and the SQL that makes it. */
export interface SchemaObject {
  /** `table`, `index`, `foreign key`, …: one of its engine's kinds. */
  readonly kind: string;
  /** What tells it from others of its kind, quoted as in SQL: `public.users`, `public.f(integer)`, `public.users.users_pkey`. */
  readonly name: string;
  /** One or more statements, each with its semicolon. */
  readonly sql: string;
}

/** A schema as values: in an order in which its objects can be made, the same order for the same schema. */
export interface Schema {
  readonly objects: readonly SchemaObject[];
  /** What is there and cannot be dumped: `subscription s`. */
  readonly notDumped: readonly string[];
}

export interface SchemaOptions {
  /** With the privileges of others than the owner. @default false */
  readonly grants?: boolean;
}

/**
 * What is asked of an engine about schemas. The tracking tables are never part of one, nor is what an extension brought.
 * `lib/engine/postgresql/schema` and `lib/engine/mysql/schema` make one.
 */
export interface SchemaReader {
  readonly diagnostics: Diagnostics;
  /** Statements that a dump begins with. */
  readonly preamble: string;
  read(database: Database, options?: SchemaOptions): Promise<Schema>;
  /** The fingerprint of the schema as it is, the one that the last run with steps left, and what is not sound: in one transaction. */
  inspect(database: Database): Promise<Inspection>;
  /** Which objects differ from what the last run with steps left; null: that has no list of them, for there were too many. Changes nothing. */
  drifted(database: Database): Promise<readonly DriftedObject[] | null>;
  /**
   * Write down the fingerprint of the schema that this run leaves, if it holds the lease. True: the lease was given back with it. One call
   * (MySQL: two), whatever the schema's size. `server`: its major version, see `History.server`.
   */
  record(database: Database, ending: Ending, server: number | null): Promise<boolean>;
  /** Settings of the server that decide what the same migrations make there, by name; undefined: there are none. One call. */
  settings?(database: Database): Promise<Readonly<Record<string, string>>>;
}

/** An object that was made, dropped or changed by somebody else. */
export interface DriftedObject extends Pick<SchemaObject, 'kind' | 'name'> {
  readonly change: 'added' | 'removed' | 'changed';
}

/** Bytes of a list of objects with their hashes. A longer one is not kept: an answer ends at 1 MiB. */
export const LONGEST_LIST = 700_000;

/** Compares two lists of objects, each `HASH KIND NAME`, with `_` for blanks in the kind. */
export function driftedObjects(before: readonly string[], after: readonly string[]): DriftedObject[] {
  const [was, is] = [before, after].map(lines => new Map(lines.map(line => [line.slice(line.indexOf(' ') + 1), line])));
  const keys = [...new Set([...was!.keys(), ...is!.keys()])].filter(key => was!.get(key) !== is!.get(key)).sort();
  return keys.map(key => {
    const end = key.indexOf(' ');
    const change = !was!.has(key) ? 'added' : !is!.has(key) ? 'removed' : 'changed';
    return { kind: key.slice(0, end).replaceAll('_', ' '), name: key.slice(end + 1), change };
  });
}

/** Which run ends. */
export interface Ending {
  readonly runId: string;
  readonly hook: string | null;
  /** The request of the hook that is done with it; null: it is not, or there is none. */
  readonly requestId: string | null;
}

export interface Inspection {
  readonly now: Fingerprint;
  /** Null: no run has left one. */
  readonly recorded: Fingerprint | null;
  readonly unsound: readonly Unsound[];
}

/** An object that is there and does not do what its definition promises. */
export interface Unsound extends Pick<SchemaObject, 'kind' | 'name'> {
  readonly what: 'index-invalid' | 'constraint-not-valid' | 'view-invalid' | 'parent-missing';
  /** The statement that fixes it, or another way to. */
  readonly remedy: string;
}

/** A short value that two schemas share only if they are the same. Grants are no part of it. */
export interface Fingerprint {
  /** Versions of the dump's format and of the server: between two different ones nothing can be said. */
  readonly basis: string;
  /** Sixteen hex digits for each kind that has objects. */
  readonly kinds: ReadonlyMap<string, string>;
}

/** The kinds that differ, sorted; null where the two cannot be compared. */
export function changedKinds(before: Fingerprint, after: Fingerprint): readonly string[] | null {
  if (before.basis !== after.basis) return null;
  const kinds = new Set([...before.kinds.keys(), ...after.kinds.keys()]);
  return [...kinds].filter(kind => before.kinds.get(kind) !== after.kinds.get(kind)).sort();
}

/** As it is stored: `1/17 foreign_key=0123456789abcdef table=…`. */
export function formatFingerprint({ basis, kinds }: Fingerprint): string {
  const parts = [...kinds].map(([kind, digest]) => `${kind.replaceAll(' ', '_')}=${digest}`).sort();
  return [basis, ...parts].join(' ');
}

/** Null for a text that is none. */
export function parseFingerprint(text: string): Fingerprint | null {
  const [basis = '', ...parts] = text.split(' ');
  if (!/^\d+\/\d+$/.test(basis)) return null;
  const kinds = new Map<string, string>();
  for (const part of parts) {
    const [, kind, digest] = /^([a-z_]+)=([0-9a-f]{16})$/.exec(part) ?? [];
    if (!kind || !digest) return null;
    kinds.set(kind.replaceAll('_', ' '), digest);
  }
  return { basis, kinds };
}

/**
 * The fingerprint of objects in hand. For each kind the SHA-256 over names and SQL in the order of their names' bytes, each text with its
 * length before it: engines compute the same in the database, where it costs no answer of the schema's size.
 */
export function fingerprintOf(objects: readonly SchemaObject[], basis: string): Fingerprint {
  const kinds = new Map<string, string>();
  for (const kind of new Set(objects.map(one => one.kind))) {
    const its = objects.filter(one => one.kind === kind).sort((a, b) => compareBytes(a.name, b.name));
    const text = its.map(({ name, sql }) => measured(name) + measured(sql)).join('');
    kinds.set(kind, sha256(text).slice(0, 16));
  }
  return { basis, kinds };
}

/** By the bytes of the UTF-8 text, as PostgreSQL's collation "C" sorts. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function measured(text: string): string {
  return `${Buffer.byteLength(text)}:${text}`;
}
