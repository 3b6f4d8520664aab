import { type ColumnType, showType } from './columns.ts';

/**
 * What a change of a column's type costs. `free`: the catalog only. `reindex`: indexes of the column are built again. `rewrite`: the table
 * and all its indexes are written anew. Measured on PostgreSQL 13 to 18, which do not differ.
 */
export type Cost = 'free' | 'reindex' | 'rewrite' | 'unknown';

export interface Conversion {
  readonly from: ColumnType | null;
  readonly to: ColumnType;
  /** A `USING` that does more than to cast the column to the new type. */
  readonly using: boolean;
  readonly collation: boolean;
  /** The session's time zone is UTC: with any other one timestamps are rewritten. */
  readonly utc: boolean;
  /** Domains of the folder: the type below, and whether a constraint is to be checked. */
  readonly domains: ReadonlyMap<string, { readonly base: string; readonly checked: boolean }>;
}

export function costOf({ from, to, using, collation, utc, domains }: Conversion): Cost {
  if (using) return 'rewrite';
  if (!from) return 'unknown';
  const cost = plainCost(from, to, { utc, domains });
  return collation && cost === 'free' ? 'reindex' : cost;
}

function plainCost(from: ColumnType, to: ColumnType, { utc, domains }: Pick<Conversion, 'utc' | 'domains'>): Cost {
  if (from.array !== to.array) return 'rewrite';
  if (showType(from) === showType(to)) return 'free';
  const domain = domains.get(to.name);
  if (domain) return domain.checked ? 'rewrite' : domain.base === from.name ? 'free' : 'unknown';
  const old = domains.get(from.name);
  if (old) return old.base === to.name ? 'free' : 'unknown';
  if (isText(from) && (isText(to) || to.name === 'citext')) return textCost(from, to);
  if (from.name === 'numeric' && to.name === 'numeric') return numericCost(from, to);
  if (from.name === 'varbit' && to.name === 'varbit')
    return isWider(from.modifiers[0], to.modifiers[0]) ? 'free' : 'rewrite';
  if (CLOCK.test(from.name) && from.name === to.name) return isFiner(from, to) ? 'free' : 'rewrite';
  if (TIMESTAMP.test(from.name) && TIMESTAMP.test(to.name)) return utc && isFiner(from, to) ? 'reindex' : 'rewrite';
  return from.name === 'cidr' && to.name === 'inet' ? 'free' : 'rewrite';
}

const CLOCK = /^(timestamp|timestamptz|time|timetz|interval)$/;
const TIMESTAMP = /^timestamp(tz)?$/;

function isText({ name }: ColumnType): boolean {
  return name === 'text' || name === 'varchar';
}

function textCost(from: ColumnType, to: ColumnType): Cost {
  if (to.name === 'citext') return 'reindex';
  if (to.name === 'text' || to.modifiers.length === 0) return 'free';
  return from.name === 'varchar' && isWider(from.modifiers[0], to.modifiers[0]) ? 'free' : 'rewrite';
}

function numericCost(from: ColumnType, to: ColumnType): Cost {
  const [precision, scale = 0] = from.modifiers;
  const [wider, same = 0] = to.modifiers;
  if (wider === undefined) return 'free';
  return precision !== undefined && wider >= precision && scale === same ? 'free' : 'rewrite';
}

function isWider(from: number | undefined, to: number | undefined): boolean {
  return to === undefined || (from !== undefined && to >= from);
}

/** Digits of a second: six where nothing is said. */
function isFiner(from: ColumnType, to: ColumnType): boolean {
  return (to.modifiers.at(-1) ?? 6) >= (from.modifiers.at(-1) ?? 6);
}
