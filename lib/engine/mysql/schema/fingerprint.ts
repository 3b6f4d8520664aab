import { type Database, DatabaseError, type Row, type Transaction } from '../../../core/database.ts';
import {
  type DriftedObject,
  driftedObjects,
  type Ending,
  type Inspection,
  LONGEST_LIST,
  parseFingerprint,
  type Unsound,
} from '../../../core/schema.ts';
import { ER, isError } from '../errors.ts';
import type { Naming } from '../names.ts';
import { facts } from './facts.ts';
import { unsound } from './invalid-objects.ts';
import { AS_NEW } from './session.ts';

/** The version of what is hashed: a change there makes every fingerprint another. */
const FORMAT = 1;

/** The first digits of a hash of all facts of a group, in whatever order. */
const hashOf = (digits: number) =>
  `LEFT(SHA2(CONCAT(COUNT(*), ' ', SUM(CAST(CONV(LEFT(SHA2(f.fact, 256), 15), 16, 10) AS unsigned))), 256), ${digits})`;

/**
 * The schema as the catalog tells it, hashed where it is: for each kind the sum of the hashes of its facts, so that no order and no limit of
 * an aggregate comes into it. Versions count with their last part, for the catalog changes with it. What the catalog does not tell is not in
 * it: the algorithm of a view, the parser of a full-text index.
 */
function query(named: Naming): string {
  return `WITH facts (kind, name, fact) AS (${facts(named)})
SELECT ${AS_NEW} CONCAT(REPLACE(f.kind, ' ', '_'), '=', ${hashOf(16)}), VERSION()
FROM facts f GROUP BY f.kind ORDER BY f.kind`;
}

/** The same, with a last row that lists every object with a hash of its own, see `driftedObjects`, as JSON; null: they are too many. */
function queryWithObjects(named: Naming): string {
  return `WITH facts (kind, name, fact) AS (${facts(named)}),
parts AS (SELECT CONCAT(REPLACE(f.kind, ' ', '_'), '=', ${hashOf(16)}) AS part FROM facts f GROUP BY f.kind),
object_lines AS (SELECT CONCAT_WS(' ', ${hashOf(8)}, REPLACE(f.kind, ' ', '_'), REPLACE(f.name, CHAR(10), ' ')) AS line FROM facts f GROUP BY f.kind, f.name),
object_list AS (SELECT CAST(JSON_ARRAYAGG(l.line) AS char) AS text FROM object_lines l)
SELECT ${AS_NEW} u.part, VERSION() FROM (SELECT 1 AS place, p.part FROM parts p
  UNION ALL SELECT 2, IF(LENGTH(t.text) <= ${LONGEST_LIST}, t.text, NULL) FROM object_list t) u ORDER BY u.place, u.part`;
}

/** As it is stored. One call. There is always one kind: the database itself. */
export async function fingerprintText(database: Transaction, named: Naming): Promise<string> {
  return textOf(await database.execute({ sql: query(named), effect: 'read' }));
}

/** The same with the list of objects. One call. */
async function withObjects(database: Database, named: Naming): Promise<{ text: string; objects: string | null }> {
  const rows = await database.execute({ sql: queryWithObjects(named), effect: 'read' });
  return { text: textOf(rows.slice(0, -1)), objects: rows.at(-1)?.[0] ?? null };
}

function textOf(rows: readonly Row[]): string {
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

/** See `SchemaReader.drifted`. Two calls. */
export async function drifted(database: Database, named: Naming): Promise<readonly DriftedObject[] | null> {
  const sql = named(`SELECT l.schema_fingerprint FROM schema_migrations_lease l WHERE l.id = '${OBJECTS}'`);
  const [row] = await database.execute({ sql, effect: 'read' });
  const now = row?.[0] == null ? null : (await withObjects(database, named)).objects;
  return now === null ? null : driftedObjects(JSON.parse(row![0]!) as string[], JSON.parse(now) as string[]);
}

/** The row beside the lease that holds the list of objects: the lease's own is written again and again, and every time to the binary log as a whole. */
const OBJECTS = 'objects';

/** See `SchemaReader.record`. Two calls; the lease is given back by one of its own, with the session that is kept. */
export async function record(database: Database, named: Naming, { runId }: Ending): Promise<boolean> {
  const { text, objects } = await withObjects(database, named);
  const parameters = { fingerprint: text, objects, run: runId };
  await database.execute({
    sql: named(
      `INSERT INTO schema_migrations_lease (id, schema_fingerprint)
       SELECT j.id, j.text FROM schema_migrations_lease l JOIN (SELECT 'lease' AS id, :fingerprint AS text UNION ALL SELECT '${OBJECTS}', :objects) j
       WHERE l.id = 'lease' AND l.run_id = :run ON DUPLICATE KEY UPDATE schema_fingerprint = VALUES(schema_fingerprint)`,
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
