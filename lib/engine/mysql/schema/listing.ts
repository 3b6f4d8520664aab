import type { Row, Transaction } from '../../../core/database.ts';
import type { Naming } from '../names.ts';

/** What SHOW CREATE can be asked about. */
export type Shown = 'table' | 'view' | 'procedure' | 'function' | 'trigger' | 'event';

/** An object of the database, before its definition is read. */
export interface Listed {
  readonly kind: Shown;
  readonly name: string;
  /** Of a trigger: its table. */
  readonly table: string | null;
  /** Keys of what must be there before it. */
  readonly needs: readonly string[];
  /** Of a view: it names what is not there. Of an event: it starts when it is made. */
  readonly marked: boolean;
}

/** What is true of the whole database. */
export interface DatabaseFacts {
  readonly name: string;
  readonly characterSet: string;
  readonly collation: string;
}

export const keyOf = (kind: Shown, name: string) => `${kind} ${name}`;

/** Rows of one answer: none has more than 800 bytes, the service ends at 1 MiB. */
const PAGE = 500;

/** The tracking tables, wherever they are, and the procedures whose names begin as theirs do. */
export function notOurs({ table, schema }: Naming): {
  table: (name: string) => string;
  routine: (name: string) => string;
} {
  const elsewhere = schema === null ? 'FALSE' : `DATABASE() <> '${schema}'`;
  return {
    table: name => `(${elsewhere} OR ${name} NOT IN ('${table}', '${table}_lease', '${table}_hooks'))`,
    routine: name => `${name} NOT REGEXP '^${table}_[a-z]+_[0-9]+$'`,
  };
}

/**
 * Rows of kind, name, other: the objects; `needs` rows with what a view names; the database itself. A trigger says its table and what orders
 * it among the others there: `table`, then timing, event and place.
 */
function listing(named: Naming): string {
  const kept = notOurs(named);
  return `SELECT l.kind, l.name, l.other, l.more FROM (
  SELECT IF(t.table_type = 'VIEW', 'view', 'table') AS kind, t.table_name AS name, IF(t.table_type = 'VIEW' AND t.table_comment <> 'VIEW', 'marked', NULL) AS other, NULL AS more
    FROM information_schema.tables t WHERE t.table_schema = DATABASE() AND t.table_type IN ('BASE TABLE', 'VIEW') AND ${kept.table('t.table_name')}
  UNION ALL SELECT 'needs', u.view_name, 'view', u.table_name FROM information_schema.view_table_usage u WHERE u.view_schema = DATABASE() AND u.table_schema = DATABASE()
  UNION ALL SELECT 'needs', u.table_name, 'function', u.specific_name FROM information_schema.view_routine_usage u
    WHERE u.table_schema = DATABASE() AND u.specific_schema = DATABASE()
  UNION ALL SELECT LOWER(r.routine_type), r.routine_name, NULL, NULL FROM information_schema.routines r
    WHERE r.routine_schema = DATABASE() AND r.routine_type IN ('PROCEDURE', 'FUNCTION') AND ${kept.routine('r.routine_name')}
  UNION ALL SELECT 'trigger', g.trigger_name, g.event_object_table, CONCAT(g.action_timing, ' ', g.event_manipulation, ' ', LPAD(g.action_order, 10, '0'))
    FROM information_schema.triggers g WHERE g.trigger_schema = DATABASE()
  UNION ALL SELECT 'event', e.event_name, IF(CONVERT_TZ(e.starts, e.time_zone, '+00:00') IN (e.created, e.last_altered), 'marked', NULL), NULL
    FROM information_schema.events e WHERE e.event_schema = DATABASE()
  UNION ALL SELECT 'database', s.schema_name, s.default_character_set_name, s.default_collation_name FROM information_schema.schemata s
    WHERE s.schema_name = DATABASE()
) l ORDER BY CAST(l.kind AS binary), CAST(l.name AS binary), CAST(l.other AS binary), CAST(l.more AS binary)`;
}

/** All objects, in pages of so many rows. */
export async function list(
  transaction: Transaction,
  named: Naming,
  size = PAGE,
): Promise<{ objects: Listed[]; database: DatabaseFacts }> {
  const rows: Row[] = [];
  for (let page: Row[] | undefined; page === undefined || page.length === size; ) {
    page = await transaction.execute({ sql: `${listing(named)} LIMIT ${size} OFFSET ${rows.length}`, effect: 'read' });
    rows.push(...page);
  }
  const [, name, characterSet, collation] = rows.find(([kind]) => kind === 'database')!;
  const of = (...kinds: string[]) => rows.filter(([kind]) => kinds.includes(kind!));
  const needs = new Map<string, string[]>();
  for (const [, view, kind, what] of of('needs')) {
    needs.set(view!, [...(needs.get(view!) ?? []), keyOf(kind as Shown, what!)]);
  }
  const objects = of('table', 'view', 'procedure', 'function', 'event').map(([kind, name, other]) => ({
    kind: kind as Shown,
    name: name!,
    table: null,
    needs: kind === 'view' ? (needs.get(name!) ?? []) : [],
    marked: other === 'marked',
  }));
  return {
    objects: [...objects, ...triggers(of('trigger'))],
    database: { name: name!, characterSet: characterSet!, collation: collation! },
  };
}

/** Triggers for the same event fire in the order in which they are made. */
function triggers(rows: readonly Row[]): Listed[] {
  const sorted = rows.toSorted(([, , t, a], [, , u, b]) => (`${t}\n${a}` < `${u}\n${b}` ? -1 : 1));
  const event = (row: Row | undefined) => row && `${row[2]}\n${row[3]!.replace(/ \d+$/, '')}`;
  return sorted.map((row, at) => {
    const before = sorted[at - 1];
    const needs = event(before) === event(row) ? [keyOf('trigger', before![1]!)] : [];
    return { kind: 'trigger', name: row[1]!, table: row[2]!, needs, marked: false };
  });
}
