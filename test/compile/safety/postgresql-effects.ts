import pg from 'pg';
import { parse } from '../../../lib/compile/postgresql/parser.ts';
import { DatabaseError, type Row, type Statement } from '../../../lib/core/database.ts';
import { LOCK_MODES, type LockMode } from '../../../lib/engine/postgresql/rehearsal/locks.ts';
import { executeOutside } from '../../../lib/engine/postgresql/rehearsal/outside.ts';
import { compareRelations, type Relation, readRelations } from '../../../lib/engine/postgresql/rehearsal/relations.ts';
import type { Bench } from '../../support/migrations.ts';
import { BEFORE } from './cases.ts';

/** Builds the schema of the cases anew, with rows in each table whose rows a rule speaks of. */
export const REBUILD = `
  DROP SCHEMA public CASCADE; CREATE SCHEMA public; ${BEFORE}
  INSERT INTO parents VALUES (1), (2);
  INSERT INTO users (id, email, nick, code, age, price, born, seen, doc, plain, proven, checked, parent)
    SELECT i, 'a' || i, 'n' || i, 'abc', i, 1.5, now(), now() + i * interval '1 s', '{}', i, i, i, 1 FROM generate_series(11, 13) i;
  INSERT INTO logs VALUES (100, now());
  INSERT INTO logs_new VALUES (11, now());
  INSERT INTO parts VALUES (100);
  INSERT INTO part_new VALUES (11);
  INSERT INTO part_null VALUES (11);
  INSERT INTO part_proven VALUES (11);
  INSERT INTO part_raw VALUES (1);
  INSERT INTO keyless VALUES (1, 1);
  INSERT INTO sums VALUES (1);
  REFRESH MATERIALIZED VIEW totals;
`;

/** What the server did for one statement, to the relations that were there before the migration. */
export interface Seen {
  readonly sql: string;
  /** SQLSTATE and text of its error; null: it was executed. */
  readonly failed: string | null;
  /** The locks that the transaction holds before it, as `locks`. */
  readonly before: Readonly<Record<string, LockMode>>;
  /** The strongest lock that the transaction holds after it, by table or view, and by index where that keeps readers away. */
  readonly locks: Readonly<Record<string, LockMode>>;
  /** Tables and indexes that got a new file. */
  readonly rewritten: readonly string[];
  /** Tables that were read from end to end. */
  readonly scanned: readonly string[];
}

const NOTHING: Omit<Seen, 'sql'> = { failed: null, before: {}, locks: {}, rewritten: [], scanned: [] };

/** What a rule may say of a statement, and how the measured numbers show it. */
const EFFECTS = {
  'fails where there is a row': ({ failed }) => failed?.startsWith(NOT_NULL_VIOLATION) === true,
  'scans while writes wait': seen => seen.scanned.some(table => table !== VIEW && holds(seen, table, 'SHARE')),
  'scans while all wait': seen => seen.scanned.some(table => holds(seen, table, 'ACCESS EXCLUSIVE')),
  'scans while writes to both tables wait': seen =>
    seen.scanned.includes('public.users') &&
    ['public.users', 'public.parents'].every(table => holds(seen, table, 'SHARE ROW EXCLUSIVE')),
  'scans under an earlier lock': seen =>
    seen.scanned.length > 0 && Object.keys(seen.before).some(table => holds({ locks: seen.before }, table, 'SHARE')),
  'writes a file anew while all wait': seen => seen.rewritten.length > 0 && holdsAny(seen, 'ACCESS EXCLUSIVE'),
  'writes table and indexes anew while all wait': seen =>
    ['public.users', 'public.users_pkey', 'public.users_born'].every(name => seen.rewritten.includes(name)) &&
    holds(seen, 'public.users', 'ACCESS EXCLUSIVE'),
  'writes indexes anew while writes wait': seen => seen.rewritten.length > 0 && holdsAny(seen, 'SHARE'),
  'runs the query of a view while its readers wait': seen =>
    holds(seen, VIEW, 'ACCESS EXCLUSIVE') && seen.scanned.includes('public.users'),
  'blocks reads and writes': seen => holdsAny(seen, 'ACCESS EXCLUSIVE'),
  'blocks writes': seen => holdsAny(seen, 'SHARE'),
} satisfies Record<string, (seen: Seen) => boolean>;

export type Effect = keyof typeof EFFECTS;

/** Whether a statement of a migration shows it. */
export function isSeen(effect: Effect, seen: readonly Seen[]): boolean {
  return seen.some(EFFECTS[effect]);
}

const NOT_NULL_VIOLATION = '23502';

/** The materialized view, to which nobody writes. */
const VIEW = 'public.totals';

function holds({ locks }: Pick<Seen, 'locks'>, relation: string, least: LockMode): boolean {
  const mode = locks[relation];
  return mode !== undefined && LOCK_MODES.indexOf(mode) >= LOCK_MODES.indexOf(least);
}

function holdsAny(seen: Seen, least: LockMode): boolean {
  return Object.keys(seen.locks).some(relation => holds(seen, relation, least));
}

/** Statements that run in no transaction block. */
const OUTSIDE = /^(?!REFRESH)[^;]*\bCONCURRENTLY\b|^VACUUM\b/;

const noTracking = () => false;

/**
 * Executes a migration on the schema of `REBUILD` and undoes what it did: as one transaction, or each statement by itself. It ends with the first
 * statement that fails.
 */
export async function measure(bench: Bench, sql: string, { atomic }: { atomic: boolean }): Promise<Seen[]> {
  const statements = split(sql);
  if (atomic) return inTransaction(bench, statements, 'rollback');
  const seen: Seen[] = [];
  for (const statement of statements) {
    const isOutside = OUTSIDE.test(statement);
    const all = isOutside ? [await outside(bench, statement)] : await inTransaction(bench, [statement], 'commit');
    seen.push(...all);
    if (all.some(({ failed }) => failed !== null)) break;
  }
  await bench.raw.query(REBUILD);
  return seen;
}

/** The statements of a text, without the comments before them. */
export function split(sql: string): string[] {
  const parsed = parse(sql);
  if ('message' in parsed) throw new Error(`${parsed.message}: ${sql}`);
  return parsed.map(({ start, end }) => sql.slice(start, end).replace(/^(\s|--.*\n)+/, ''));
}

async function inTransaction({ raw }: Bench, statements: readonly string[], end: 'rollback' | 'commit') {
  const read = () => readRelations(statement => queryOf(raw, statement));
  const seen: Seen[] = [];
  // What the rules take for the session's time zone: some changes of type depend on it.
  await raw.query("BEGIN; SET LOCAL TimeZone = 'UTC'");
  try {
    const first = await read();
    let before: ReadonlyMap<string, Relation> = first;
    for (const sql of statements) {
      await raw.query(sql);
      const after = await read();
      seen.push(seenOf(sql, new Map([...before].filter(([oid]) => first.has(oid))), after));
      before = after;
    }
    if (end === 'commit') await raw.query('COMMIT');
  } catch (error) {
    seen.push({ ...NOTHING, sql: statements[seen.length]!, failed: wordsOf(error) });
  } finally {
    await raw.query('ROLLBACK');
  }
  return seen;
}

/** The query of `readRelations` in the session of the transaction, past the Data API: there are many of them. */
async function queryOf(raw: Bench['raw'], { sql, parameters = {} }: Statement): Promise<Row[]> {
  const [name, ...more] = Object.keys(parameters);
  if (name === undefined || more.length > 0) throw new Error(`Not one parameter: ${sql}`);
  const text = sql.replaceAll(`:${name} `, '$1 ');
  const { rows } = await raw.query<(string | null)[]>({ text, values: [parameters[name]], rowMode: 'array' });
  return rows;
}

function seenOf(sql: string, before: ReadonlyMap<string, Relation>, after: ReadonlyMap<string, Relation>): Seen {
  const { locks, rewritten, scanned } = compareRelations(before, after, noTracking);
  const { locks: held } = compareRelations(before, before, noTracking);
  return { sql, failed: null, before: byName(held), locks: byName(locks), rewritten, scanned };
}

async function outside({ database }: Bench, sql: string): Promise<Seen> {
  const tagged = { sql: `/* measured */ ${sql}`, effect: 'write' } as const;
  try {
    const { locks, rewritten } = await executeOutside(database, tagged, noTracking);
    if (!locks) throw new Error(`No lock was seen of ${sql}`);
    return { ...NOTHING, sql, locks: byName(locks), rewritten };
  } catch (error) {
    return { ...NOTHING, sql, failed: wordsOf(error) };
  }
}

function byName(locks: readonly { relation: string; mode: LockMode }[]): Record<string, LockMode> {
  return Object.fromEntries(locks.map(({ relation, mode }) => [relation, mode]));
}

/** SQLSTATE and text of an error of the server. Throws any other. */
function wordsOf(error: unknown): string {
  if (error instanceof DatabaseError && error.outcome === 'failed') return `${error.sqlState}: ${error.message}`;
  if (error instanceof pg.DatabaseError) return `${error.code}: ${error.message}`;
  throw error;
}
