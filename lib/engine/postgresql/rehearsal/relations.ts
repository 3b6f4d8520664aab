import type { Database } from '../../../core/database.ts';
import type { Effects } from '../../../core/rehearsal.ts';
import { blockedBy, LOCK_MODES, type LockMode, type TableLock } from './locks.ts';

/** A table, index, view or foreign table as the catalog has it at one moment of a transaction. */
export interface Relation {
  readonly oid: string;
  readonly name: string;
  readonly kind: 'table' | 'index' | 'other';
  /** The table of an index; else null. */
  readonly table: string | null;
  /** The number of its file; null: it has none. */
  readonly file: string | null;
  /** How often this session began to read it from end to end, or through it, since it last reported its numbers. */
  readonly scans: number;
  /** The strongest lock that this session holds on it; null: none. */
  readonly lock: LockMode | null;
}

/** Relations in one answer, of about 200 bytes each: an answer ends at 1 MiB. */
const PAGE = 2000;

const query = `SELECT c.oid::pg_catalog.text, pg_catalog.format('%I.%I', n.nspname, c.relname), 
  CASE WHEN c.relkind IN ('i', 'I') THEN 'index' WHEN c.relkind IN ('r', 'p') THEN 'table' ELSE 'other' END,
  (SELECT pg_catalog.format('%I.%I', tn.nspname, t.relname) FROM pg_catalog.pg_index x JOIN pg_catalog.pg_class t ON t.oid = x.indrelid
    JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace WHERE x.indexrelid = c.oid),
  pg_catalog.pg_relation_filenode(c.oid)::pg_catalog.text, pg_catalog.pg_stat_get_xact_numscans(c.oid)::pg_catalog.text, l.modes
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN (SELECT k.relation, pg_catalog.string_agg(k.mode, ' ') AS modes FROM pg_catalog.pg_locks k
  WHERE k.locktype = 'relation' AND k.granted AND k.pid = pg_catalog.pg_backend_pid() GROUP BY k.relation) l ON l.relation = c.oid
WHERE c.relkind IN ('r', 'p', 'm', 'v', 'f', 'i', 'I') AND c.relpersistence <> 't' AND pg_catalog.left(n.nspname, 3) <> 'pg_'
  AND n.nspname <> 'information_schema' AND c.oid > CAST(:after AS pg_catalog.oid) ORDER BY c.oid LIMIT ${PAGE}`;

/** All relations of users, by their numbers, as the transaction sees them now. */
export async function readRelations(execute: Database['execute']): Promise<Map<string, Relation>> {
  const found = new Map<string, Relation>();
  for (let after = '0'; ; ) {
    const rows = await execute({ sql: query, parameters: { after }, effect: 'read' });
    for (const [oid, name, kind, table = null, file = null, scans, modes] of rows)
      found.set(oid!, {
        oid: oid!,
        name: name!,
        kind: kind as Relation['kind'],
        table,
        file,
        scans: Number(scans),
        lock: strongest(modes ?? ''),
      });
    if (rows.length < PAGE) return found;
    after = rows.at(-1)![0]!;
  }
}

/** Of names as `pg_locks` has them: `AccessExclusiveLock ShareLock`. */
export function strongest(modes: string): LockMode | null {
  const held = new Set(modes.split(' ').map(mode => mode.replace(/Lock$/, '').toLowerCase()));
  return LOCK_MODES.findLast(mode => held.has(mode.replaceAll(' ', '').toLowerCase())) ?? null;
}

/** What happened between two moments of a transaction, less what happened to the tracking tables. */
export function compareRelations(
  before: ReadonlyMap<string, Relation>,
  after: ReadonlyMap<string, Relation>,
  isTracking: (table: string) => boolean,
): Pick<Effects, 'rewritten'> & { locks: TableLock[]; scanned: string[] } {
  const old = [...before.values()].filter(({ name, table }) => !isTracking(table ?? name));
  const renewed = indexesByName(after);
  const isRewritten = ({ oid, name, file, kind, table }: Relation) => {
    // An index that is built again with its table may be another one of the same name.
    const now = after.get(oid) ?? (kind === 'index' && isThere(old, after, table) ? renewed.get(name) : undefined);
    return now !== undefined && now.file !== file;
  };
  const rewritten = old.filter(isRewritten);
  const names = new Set(rewritten.map(({ name }) => name));
  const scanned = old.filter(one => one.kind !== 'index' && !names.has(one.name) && scansOf(one, after) > one.scans);
  return {
    locks: locksOf(old, after),
    rewritten: rewritten.map(({ name }) => name).sort(),
    scanned: scanned.map(({ name }) => name).sort(),
  };
}

function indexesByName(relations: ReadonlyMap<string, Relation>): Map<string, Relation> {
  return new Map([...relations.values()].filter(({ kind }) => kind === 'index').map(one => [one.name, one]));
}

function isThere(old: readonly Relation[], after: ReadonlyMap<string, Relation>, table: string | null): boolean {
  return old.some(one => one.name === table && after.has(one.oid));
}

function scansOf({ oid, scans }: Relation, after: ReadonlyMap<string, Relation>): number {
  return after.get(oid)?.scans ?? scans;
}

/** Locks on tables and views; on an index only where it keeps readers away and the lock of its table does not. */
function locksOf(old: readonly Relation[], after: ReadonlyMap<string, Relation>): TableLock[] {
  const modeOf = new Map(old.map(({ oid, name }) => [name, after.get(oid)?.lock ?? null]));
  const taken = old.flatMap(({ name, kind, table }) => {
    const mode = modeOf.get(name) ?? null;
    const tells = kind !== 'index' || (mode === 'ACCESS EXCLUSIVE' && modeOf.get(table ?? '') !== mode);
    return mode !== null && tells ? [{ relation: name, mode, blocks: blockedBy(mode) }] : [];
  });
  return taken.sort(
    (a, b) => LOCK_MODES.indexOf(b.mode) - LOCK_MODES.indexOf(a.mode) || (a.relation < b.relation ? -1 : 1),
  );
}
