import { type Database, DatabaseError } from '../../core/database.ts';
import { lacksRight } from './errors.ts';

/** Who holds locks on tables: of their rows, and of what they are. */
const BY_TABLE = `
SELECT CONCAT('connection ', t.processlist_id, ' (', t.processlist_user, ', ', t.processlist_command, ' for ', t.processlist_time, ' s) on ',
    IF(MAX(x.of_rows) = 1, 'rows of ', ''), x.name)
FROM (SELECT m.object_name AS name, m.owner_thread_id AS thread_id, 0 AS of_rows FROM performance_schema.metadata_locks m
    WHERE m.object_schema = DATABASE() AND m.object_type = 'TABLE' AND m.lock_status = 'GRANTED'
  UNION ALL SELECT d.object_name, d.thread_id, 1 FROM performance_schema.data_locks d
    WHERE d.object_schema = DATABASE() AND d.lock_type = 'RECORD' AND d.lock_status = 'GRANTED') x
  JOIN performance_schema.threads t ON t.thread_id = x.thread_id
WHERE t.processlist_id <> CONNECTION_ID() AND JSON_CONTAINS(:names, JSON_QUOTE(LOWER(x.name)))
GROUP BY t.processlist_id, t.processlist_user, t.processlist_command, t.processlist_time, x.name ORDER BY MAX(x.of_rows) DESC, t.processlist_time DESC LIMIT 3`;

/** Whose transactions hold row locks at all. */
const BY_TRANSACTION = `
SELECT CONCAT('connection ', p.id, ' (', p.user, ', ', p.command, ' for ', p.time, ' s) on rows of some table')
FROM information_schema.innodb_trx t JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id
WHERE t.trx_rows_locked > 0 AND p.id <> CONNECTION_ID() ORDER BY t.trx_started LIMIT 3`;

const IS_ON = 'SELECT CAST(@@performance_schema AS char)';

const HIDDEN = 'a lock; who holds it takes SELECT on performance_schema, or PROCESS, to see';

/** See `EngineDiagnostics.lockHolders`. With SELECT on the performance schema by table, with PROCESS whose transaction it may be; with neither it says so. */
export async function lockHolders(database: Database, names: readonly string[]): Promise<string | null> {
  let rows = await asked(database, BY_TABLE, { names: JSON.stringify(names) });
  // Aurora has the performance schema switched off by default: then its tables are there, and empty.
  const [[isOn] = []] = rows?.length === 0 ? await database.execute({ sql: IS_ON, effect: 'read' }) : [['1']];
  if (rows === undefined || isOn === '0') rows = await asked(database, BY_TRANSACTION, {});
  if (rows === undefined) return HIDDEN;
  return rows.length === 0 ? null : rows.join(', ');
}

/** Undefined: the user may not ask that. */
async function asked(
  database: Database,
  sql: string,
  parameters: Readonly<Record<string, string>>,
): Promise<string[] | undefined> {
  try {
    return (await database.execute({ sql, parameters, effect: 'read' })).map(row => row[0]!);
  } catch (error) {
    if (error instanceof DatabaseError && lacksRight(error)) return undefined;
    throw error;
  }
}
