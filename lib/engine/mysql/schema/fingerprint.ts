import { type Database, DatabaseError, type Row, type Transaction } from '../../../core/database.ts';
import { type Ending, type Inspection, parseFingerprint, type Unsound } from '../../../core/schema.ts';
import { ER, isError } from '../errors.ts';
import type { Naming } from '../names.ts';
import { facts } from './facts.ts';
import { AS_NEW } from './session.ts';
import { unsound } from './unsound.ts';

/** The version of what is hashed: a change there makes every fingerprint another. */
const FORMAT = 1;

/**
 * The schema as the catalog tells it, hashed where it is: for each kind the sum of the hashes of its facts, so that no order and no limit of
 * an aggregate comes into it. Versions count with their last part, for the catalog changes with it. What the catalog does not tell is not in
 * it: the algorithm of a view, the parser of a full-text index.
 */
function query(named: Naming): string {
  const hash = `CAST(CONV(LEFT(SHA2(f.fact, 256), 15), 16, 10) AS unsigned)`;
  return `WITH facts (kind, fact) AS (${facts(named)})
SELECT ${AS_NEW} CONCAT(REPLACE(f.kind, ' ', '_'), '=', LEFT(SHA2(CONCAT(COUNT(*), ' ', SUM(${hash})), 256), 16)), VERSION()
FROM facts f GROUP BY f.kind ORDER BY f.kind`;
}

/** As it is stored. One call. There is always one kind: the database itself. */
export async function fingerprintText(database: Transaction, named: Naming): Promise<string> {
  const rows = await database.execute({ sql: query(named), effect: 'read' });
  const [major, minor, patch] = (/^(\d+)\.(\d+)\.(\d+)/.exec(rows[0]?.[1] ?? '') ?? []).slice(1).map(Number);
  return [`${FORMAT}/${major! * 10_000 + minor! * 100 + patch!}`, ...rows.map(([part]) => part)].join(' ');
}

/** See `SchemaReader.inspect`. Three calls. */
export async function inspect(database: Database, named: Naming): Promise<Inspection> {
  const recorded = await readRecorded(database, named);
  const text = await fingerprintText(database, named);
  const now = parseFingerprint(text);
  if (!now) throw new Error(`The database made a fingerprint that is none: ${text}`);
  const rows = await database.execute({ sql: unsound(named), effect: 'read' });
  return { now, recorded: recorded === null ? null : parseFingerprint(recorded), unsound: rows.map(toUnsound) };
}

function toUnsound([what, kind, name, remedy]: Row): Unsound {
  return { what: what as Unsound['what'], kind: kind!, name: name!, remedy: remedy! };
}

/** See `SchemaReader.record`. Two calls; the lease is given back by one of its own, with the session that is kept. */
export async function record(database: Database, named: Naming, { runId }: Ending): Promise<boolean> {
  const parameters = { fingerprint: await fingerprintText(database, named), run: runId };
  await database.execute({
    sql: named(
      `UPDATE schema_migrations_lease l SET l.schema_fingerprint = :fingerprint WHERE l.id = 'lease' AND l.run_id = :run`,
    ),
    parameters,
    effect: 'write',
  });
  return false;
}

async function readRecorded(database: Database, named: Naming): Promise<string | null> {
  try {
    const sql = named(`SELECT l.schema_fingerprint FROM schema_migrations_lease l WHERE l.id = 'lease'`);
    const [row] = await database.execute({ sql, effect: 'read' });
    return row?.[0] ?? null;
  } catch (error) {
    // Made by an earlier version, or not made yet.
    const absent = isError(error, ER.BAD_FIELD) || isError(error, ER.NO_SUCH_TABLE);
    if (error instanceof DatabaseError && absent) return null;
    throw error;
  }
}
