// What tells whether a statement that commits by itself ran: values that are compared with those before it.

const SCHEMA = 'CONVERT(COALESCE(o.db, DATABASE()) USING utf8mb3)';
const NAME = 'CONVERT(o.name USING utf8mb3)';
const PART = 'CONVERT(o.part USING utf8mb3)';

/**
 * Rows of a catalog view as one short text in any order: their number, and the sum of their hashes. No GROUP_CONCAT: its length is a setting of the
 * session, and what it cuts off is not seen.
 */
function rows(columns: string, from: string, where: string): string {
  const hash = `CAST(CONV(LEFT(SHA2(JSON_ARRAY(${columns}), 256), 15), 16, 10) AS unsigned)`;
  return `(SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(${hash}), 0)) FROM information_schema.${from} WHERE ${where})`;
}

const ofTable = (prefix = '', schema = 'table_schema') =>
  `${prefix}${schema} = ${SCHEMA} AND ${prefix}table_name = ${NAME}`;

/**
 * The definition of a table, without what statements about other objects, rows or the session change: no referenced table, column or key of a
 * foreign key (a RENAME of the parent changes them), no columns of a view (they follow its tables), no times (they depend on the reader's time
 * zone), no AUTO_INCREMENT, no statistics. No text of a view either: where a view names what is not there, MySQL 9.7 answers other values of the
 * same query wrongly.
 */
const DEFINITION = `CONCAT_WS('/', ${[
  rows(
    `column_name, ordinal_position, column_type, is_nullable, column_default, extra, generation_expression, collation_name,
      column_comment, srs_id`,
    'columns',
    `${ofTable()} AND EXISTS (SELECT 1 FROM information_schema.tables WHERE ${ofTable()} AND table_type = 'BASE TABLE')`,
  ),
  rows(
    'index_name, seq_in_index, column_name, non_unique, expression, sub_part, collation, index_type, is_visible, index_comment',
    'statistics',
    ofTable(),
  ),
  rows('constraint_name, constraint_type, enforced', 'table_constraints', ofTable()),
  rows(
    'c.constraint_name, c.check_clause',
    `check_constraints c JOIN information_schema.table_constraints t
      ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name`,
    ofTable('t.'),
  ),
  rows('constraint_name, update_rule, delete_rule', 'referential_constraints', ofTable('', 'constraint_schema')),
  rows('constraint_name, column_name, ordinal_position', 'key_column_usage', ofTable()),
  rows(
    `partition_name, subpartition_name, partition_ordinal_position, partition_method, partition_expression, subpartition_method,
      subpartition_expression, partition_description, partition_comment`,
    'partitions',
    ofTable(),
  ),
  rows(
    `table_type, engine, row_format, create_options, IF(table_type = 'VIEW', NULL, table_comment), table_collation`,
    'tables',
    ofTable(),
  ),
].join(', ')})`;

/**
 * Which table stands behind a name: TRUNCATE, EXCHANGE PARTITION and a swap of equal tables change no definition. Needs PROCESS. NULL, that is unknown:
 * a name that files have to encode, a view, and a table of another engine.
 */
const IDENTITY = `IF(CONCAT(${SCHEMA}, ${NAME}) REGEXP '^[A-Za-z0-9_]+$'
  AND NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE ${ofTable()} AND COALESCE(engine, '') <> 'InnoDB'),
  SHA2(CONCAT(${DEFINITION}, '#', ${rows(
    'name, table_id',
    'innodb_tables',
    `name = CONCAT(${SCHEMA}, '/', ${NAME})
      OR LEFT(name, CHAR_LENGTH(CONCAT(${SCHEMA}, '/', ${NAME})) + 3) = CONCAT(${SCHEMA}, '/', ${NAME}, '#p#')`,
  )}), 256), NULL)`;

const exists = (from: string, where: string) =>
  `(SELECT CAST(COUNT(*) > 0 AS char) FROM information_schema.${from} WHERE ${where})`;

const routine = (type: string) =>
  exists('routines', `routine_type = '${type}' AND routine_schema = ${SCHEMA} AND routine_name = ${NAME}`);

/** Views, routines, triggers and events are judged by their existence: other objects change the rest of what the catalog says of them. */
const VALUES: Readonly<Record<string, string>> = {
  table: exists('tables', ofTable()),
  procedure: routine('PROCEDURE'),
  function: routine('FUNCTION'),
  trigger: exists('triggers', `trigger_schema = ${SCHEMA} AND trigger_name = ${NAME}`),
  event: exists('events', `event_schema = ${SCHEMA} AND event_name = ${NAME}`),
  database: exists('schemata', `schema_name = ${NAME}`),
  column: rows('column_name', 'columns', `${ofTable()} AND column_name = ${PART}`),
  index: rows(
    'seq_in_index, column_name, non_unique, expression, sub_part',
    'statistics',
    `${ofTable()} AND index_name = ${PART}`,
  ),
  constraint: rows('constraint_type', 'table_constraints', `${ofTable()} AND constraint_name = ${PART}`),
};

/**
 * The values of a JSON list of judges as a JSON object, by their numbers `i`: one text of constant length, however many they are. Names are converted to
 * the catalog's character set, or its indexes would not be used.
 * @param identity whether the user may see the numbers of the tables; the view must not even be named where not
 */
export function judged(list: string, identity: boolean): string {
  const cases = Object.entries(VALUES).map(([how, value]) => `WHEN '${how}' THEN ${value}`);
  return `(SELECT JSON_OBJECTAGG(o.i, CASE o.how ${cases.join(' ')}
    WHEN 'identity' THEN ${identity ? IDENTITY : 'NULL'} ELSE SHA2(${DEFINITION}, 256) END)
    FROM JSON_TABLE(${list}, '$[*]' COLUMNS (i int PATH '$.i', how varchar(16) PATH '$.how', db varchar(64) PATH '$.schema',
      name varchar(64) PATH '$.name', part varchar(64) PATH '$.part')) o)`;
}
