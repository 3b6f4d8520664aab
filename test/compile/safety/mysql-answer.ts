import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Level } from '../../../lib/compile/mysql/safety/cost-level.ts';

/** What the server is asked, the cheapest first: it refuses what it cannot do so (1845, 1846), and nothing has changed. */
const FORMS = [
  ['instant', 'ALGORITHM=INSTANT'],
  ['inplace', 'ALGORITHM=INPLACE, LOCK=NONE'],
  ['shared', 'ALGORITHM=INPLACE, LOCK=SHARED'],
  ['copy', 'ALGORITHM=COPY, LOCK=SHARED'],
] as const;

/** Of a form; 1795: of two FULLTEXT indexes at once. */
const REFUSALS = [1845, 1846, 1795];

/** Partitions are tables of their own, of which some are new in any case. */
const PARTITIONS = /\bPARTITION(ING)?\b/;

/** The statement with a form, where its grammar takes it. */
function asking(sql: string, form: string): string {
  if (!/^ALTER/i.test(sql)) return `${sql} ${form.replace(',', '')}`;
  const behind = /(PARTITION BY|REMOVE PARTITIONING)/.test(sql) ? '' : ',';
  return sql.replace(/^(ALTER TABLE \S+)/i, `$1 ${form}${behind}`);
}

/** Numbers of all tables: one that was written anew has another. */
async function numbers(raw: Connection): Promise<string> {
  const [[row]] = await raw.query<RowDataPacket[]>(`SELECT group_concat(table_id ORDER BY table_id) AS ids
    FROM information_schema.innodb_tables WHERE name LIKE concat(database(), '/%')`);
  return String(row?.ids);
}

/** What the server does for a statement, which it executes; what it says where it does nothing. */
export async function answer(raw: Connection, sql: string): Promise<Level | string> {
  let refusal = '';
  const before = await numbers(raw);
  for (const [level, form] of FORMS) {
    try {
      await raw.query(asking(sql, form));
      const isRebuilt = level === 'inplace' && !PARTITIONS.test(sql) && (await numbers(raw)) !== before;
      return isRebuilt ? 'rebuild' : level;
    } catch (error) {
      const { errno, message } = error as { errno: number; message: string };
      if (!REFUSALS.includes(errno)) return `${errno} ${message}`;
      refusal = message;
    }
  }
  return refusal;
}

/** Up to 8.0 a REFERENCES of a column is ignored, and less is INSTANT. */
export async function isAsMeasured(raw: Connection): Promise<boolean> {
  const [[row]] = await raw.query<RowDataPacket[]>('SELECT version() AS version');
  return Number.parseInt(String(row?.version), 10) >= 9;
}
