import type { Ddl, DdlObject } from '../../core/manifest.ts';

const SCHEMA = '@aurora_migrations_schema';
const NAME = '@aurora_migrations_name';

/** Rows of a view of the catalog as one short text, whatever their order: how many, and the sum of their hashes. */
function rows(columns: string, from: string, where: string): string {
  const hash = `CAST(CONV(LEFT(SHA2(JSON_ARRAY(${columns}), 256), 15), 16, 10) AS unsigned)`;
  return `(SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(${hash}), 0)) FROM information_schema.${from} WHERE ${where})`;
}

const ofTable = (prefix = '') => `${prefix}table_schema = ${SCHEMA} AND ${prefix}table_name = ${NAME}`;
const ofConstraint = `constraint_schema = ${SCHEMA} AND table_name = ${NAME}`;

const table = `SELECT CONCAT_WS('/', ${[
  rows(
    'column_name, ordinal_position, column_type, is_nullable, column_default, extra, generation_expression, collation_name, column_comment, srs_id',
    'columns',
    ofTable(),
  ),
  rows(
    'index_name, seq_in_index, column_name, non_unique, expression, sub_part, collation, index_type, is_visible, index_comment',
    'statistics',
    ofTable(),
  ),
  rows('constraint_name, constraint_type, enforced', 'table_constraints', ofTable()),
  rows(
    'c.constraint_name, c.check_clause',
    'check_constraints c JOIN information_schema.table_constraints t ON t.constraint_schema = c.constraint_schema AND t.constraint_name = c.constraint_name',
    ofTable('t.'),
  ),
  rows(
    'constraint_name, update_rule, delete_rule, unique_constraint_name, referenced_table_name',
    'referential_constraints',
    ofConstraint,
  ),
  rows(
    'constraint_name, column_name, ordinal_position, referenced_table_schema, referenced_table_name, referenced_column_name',
    'key_column_usage',
    ofTable(),
  ),
  rows(
    'partition_name, subpartition_name, partition_ordinal_position, partition_method, partition_expression, subpartition_method, subpartition_expression, partition_description, partition_comment',
    'partitions',
    ofTable(),
  ),
  rows('table_type, engine, row_format, create_options, table_comment, table_collation', 'tables', ofTable()),
].join(', ')})`;

const VIEW = 'view_definition, check_option, security_type, definer';

const routine = `SELECT CONCAT_WS('/', ${rows(
  'routine_type, data_type, dtd_identifier, routine_definition, is_deterministic, sql_data_access, security_type, sql_mode, routine_comment, definer, created, last_altered',
  'routines',
  `routine_schema = ${SCHEMA} AND routine_name = ${NAME}`,
)}, ${rows('ordinal_position, parameter_mode, parameter_name, dtd_identifier', 'parameters', `specific_schema = ${SCHEMA} AND specific_name = ${NAME}`)})`;

/** How the definition of a thing becomes a text: queries by kind; `identity` tells which tables are behind the names. */
export const QUERIES: Readonly<Record<DdlObject['kind'] | 'identity', string>> = {
  table,
  view: `SELECT ${rows(VIEW, 'views', ofTable())}`,
  procedure: routine,
  function: routine,
  trigger: `SELECT ${rows(
    'event_manipulation, event_object_table, action_order, action_statement, action_timing, sql_mode, definer, created',
    'triggers',
    `trigger_schema = ${SCHEMA} AND trigger_name = ${NAME}`,
  )}`,
  event: `SELECT ${rows(
    'event_definition, event_type, execute_at, interval_value, interval_field, sql_mode, starts, ends, status, on_completion, event_comment, definer',
    'events',
    `event_schema = ${SCHEMA} AND event_name = ${NAME}`,
  )}`,
  database: `SELECT ${rows('default_character_set_name, default_collation_name, default_encryption', 'schemata', `schema_name = ${NAME}`)}`,
  // The numbers of the tables and partitions, which views do not have: their definitions. A name that files have to encode is not found, nor is a
  // table of another engine, and so not known.
  identity: `SELECT IF(CONCAT(${SCHEMA}, ${NAME}) REGEXP '^[A-Za-z0-9_]+$'
    AND NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE ${ofTable()} AND engine <> 'InnoDB'), CONCAT_WS('/', ${rows(
      'name, table_id',
      'innodb_tables',
      `name = CONCAT(${SCHEMA}, '/', ${NAME}) OR LEFT(name, CHAR_LENGTH(CONCAT(${SCHEMA}, '/', ${NAME})) + 3) = CONCAT(${SCHEMA}, '/', ${NAME}, '#p#')`,
    )}, ${rows(VIEW, 'views', ofTable())}), NULL)`,
};

/** What stands in the row while a statement that commits by itself may be at work. */
export interface Mark {
  readonly statement: number;
  readonly truth: Ddl['truth'];
  readonly objects: readonly DdlObject[];
  readonly hash: string | null;
  /** What the attempt leads to. */
  readonly target: 'applied' | 'reverted';
  /** Checksum of the statement: it may have been edited since. */
  readonly sum: string;
}

/** The picture of what a statement names, as an expression with parameters: what the procedure computes. */
export function pictureOf({ truth, objects }: Pick<Ddl, 'truth' | 'objects'>): {
  sql: string;
  parameters: Record<string, string>;
} {
  if ((truth !== 'picture' && truth !== 'identity') || objects.length === 0) return { sql: 'NULL', parameters: {} };
  const parameters: Record<string, string> = {};
  const parts = objects.map(({ kind, schema, name }, at) => {
    parameters[`name${at}`] = name;
    if (schema !== null) parameters[`schema${at}`] = schema;
    const query = QUERIES[truth === 'identity' ? truth : kind];
    return `(${query.replaceAll(SCHEMA, schema === null ? 'DATABASE()' : `:schema${at}`).replaceAll(NAME, `:name${at}`)})`;
  });
  return { sql: `SHA2(CONCAT(${parts.join(', ')}), 256)`, parameters };
}
