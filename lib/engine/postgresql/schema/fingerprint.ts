import { type Database, DatabaseError, type Row, type Statement } from '../../../core/database.ts';
import {
  type DriftedObject,
  driftedObjects,
  type Ending,
  type Fingerprint,
  type Inspection,
  LONGEST_LIST,
  parseFingerprint,
  type Unsound,
} from '../../../core/schema.ts';
import { withCleanSession } from '../clean-session.ts';
import { checkVersion, SERVER_VERSION } from '../server-version.ts';
import { catalog, type Tracking } from './catalog.ts';
import { unsound } from './invalid-objects.ts';
import type { Server } from './kind.ts';
import { inCatalogSession, SETTINGS } from './session.ts';

/** The version of what the kinds write: a change there makes every fingerprint another. */
const FORMAT = 1;

const measured = (text: string) => `concat(octet_length(convert_to(${text}, 'UTF8')), ':', ${text})`;

/** As `fingerprintOf` makes it from objects, computed where they are. */
const digest = `SELECT string_agg(d.part, ' ' ORDER BY d.part COLLATE "C") FROM (
  SELECT concat(replace(o.kind, ' ', '_'), '=', left(encode(sha256(convert_to(
    string_agg(concat(${measured('o.name')}, ${measured('o.sql')}), '' ORDER BY o.name COLLATE "C"), 'UTF8')), 'hex'), 16)) AS part
  FROM objects o GROUP BY o.kind) d`;

/** Every object with a hash of its own, see `driftedObjects`; null: they are too many. */
const list = `SELECT CASE WHEN octet_length(l.lines) <= ${LONGEST_LIST} THEN l.lines END FROM (
  SELECT string_agg(concat_ws(' ', left(encode(sha256(convert_to(o.sql, 'UTF8')), 'hex'), 8), replace(o.kind, ' ', '_'),
    replace(o.name, chr(10), ' ')), chr(10) ORDER BY o.kind COLLATE "C", o.name COLLATE "C") AS lines FROM objects o) l`;

function catalogOf(server: Server, tracking: Tracking): string {
  return catalog(server, tracking, { grants: false, notDumped: false });
}

function digestQuery(server: Server, tracking: Tracking): string {
  return `${catalogOf(server, tracking)} ${digest}`;
}

function basisOf({ version }: Server): string {
  return `${FORMAT}/${version}`;
}

/** See `SchemaReader.inspect`. Five calls. */
export async function inspect(
  database: Database,
  named: (sql: string) => string,
  tracking: Tracking,
): Promise<Inspection> {
  const recorded = await readRecorded(database, named);
  return inCatalogSession(database, async (transaction, server) => {
    const rows = await transaction.execute({
      sql: `SELECT 'fingerprint', (${digestQuery(server, tracking)}), NULL, NULL UNION ALL ${unsound}`,
      effect: 'read',
    });
    const parts = rows.find(([what]) => what === 'fingerprint')?.[1] ?? '';
    const now = parseFingerprint(`${basisOf(server)} ${parts}`.trim());
    if (!now) throw new Error(`The database made a fingerprint that is none: ${parts}`);
    return { now, recorded, unsound: rows.filter(([what]) => what !== 'fingerprint').map(toUnsound) };
  });
}

function toUnsound([what, kind, name, remedy]: Row): Unsound {
  return { what: what as Unsound['what'], kind: kind!, name: name!, remedy: remedy! };
}

/** See `SchemaReader.drifted`. Five calls. */
export async function drifted(
  database: Database,
  named: (sql: string) => string,
  tracking: Tracking,
): Promise<readonly DriftedObject[] | null> {
  const [row] = await withCleanSession(database, {
    sql: named(
      `SELECT pg_catalog.substring(l.schema_fingerprint, pg_catalog.chr(10) || '(.*)') FROM public.schema_migrations_lease l WHERE l.id = 'lease'`,
    ),
    effect: 'read',
  });
  const before = row?.[0];
  if (before == null) return null;
  return inCatalogSession(database, async (transaction, server) => {
    const [now] = await transaction.execute({ sql: `${catalogOf(server, tracking)} ${list}`, effect: 'read' });
    return now?.[0] == null ? null : driftedObjects(before.split('\n'), now[0].split('\n'));
  });
}

/** A statement that took too long, for the role. */
const CANCELLED = '57014';

/** See `SchemaReader.record`. One call; one more where the version of the server is not known, and four where the role has a `statement_timeout` that is too short. */
export async function record(
  database: Database,
  named: (sql: string) => string,
  tracking: Tracking,
  { runId, hook, requestId }: Ending,
  known: number | null,
): Promise<boolean> {
  const { search_path: _, ...settings } = SETTINGS;
  const server = { version: known ?? (await versionOf(database)) };
  const statement: Statement = {
    sql: `SELECT ${named('public.schema_migrations_fingerprint_1')}(:meta, :query)`,
    parameters: {
      meta: JSON.stringify({ run_id: runId, hook, request_id: requestId, settings }),
      query: `${catalogOf(server, tracking)} SELECT concat_ws(chr(10), concat_ws(' ', '${basisOf(server)}', (${digest})), (${list}))`,
    },
    effect: 'write',
  };
  const [row] = await withCleanSession(database, statement).catch((error: unknown) => {
    if (!(error instanceof DatabaseError) || error.sqlState !== CANCELLED) throw error;
    return withCleanSession(database, statement, { before: ['SET LOCAL statement_timeout = 0'] });
  });
  return row?.[0] === 'released';
}

async function versionOf(database: Database): Promise<number> {
  const [row] = await database.execute({ sql: `SELECT ${SERVER_VERSION}`, effect: 'read' });
  return checkVersion(row![0]!);
}

/** Undefined column, undefined table: made by an earlier version, or not made yet. */
const NOT_THERE = ['42703', '42P01'];

async function readRecorded(database: Database, named: (sql: string) => string): Promise<Fingerprint | null> {
  const statement: Statement = {
    sql: named(
      `SELECT pg_catalog.split_part(l.schema_fingerprint, pg_catalog.chr(10), 1) FROM public.schema_migrations_lease l WHERE l.id = 'lease'`,
    ),
    effect: 'read',
  };
  try {
    const [row] = await withCleanSession(database, statement);
    return row?.[0] ? parseFingerprint(row[0]) : null;
  } catch (error) {
    if (error instanceof DatabaseError && NOT_THERE.includes(error.sqlState ?? '')) return null;
    throw error;
  }
}
