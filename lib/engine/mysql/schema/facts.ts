import type { Naming } from '../names.ts';
import { notOurs } from './listing.ts';

/** A row of the catalog as one text, behind the kind and the name of the object that it belongs to. */
function fact(kind: string, name: string, columns: string, from: string, where: string): string {
  return `SELECT ${kind}, CONVERT(${name} USING utf8mb4) COLLATE utf8mb4_bin, CAST(JSON_ARRAY(${columns}) AS char) FROM information_schema.${from} WHERE ${where}`;
}

/** Rows of kind, name and fact: everything of the database's schema that the catalog tells, but whose it is and when it was made. */
export function facts(named: Naming): string {
  const kept = notOurs(named);
  return [...ofTables(kept), ...ofForeignKeys(), ...ofPrograms(kept)].join('\nUNION ALL ');
}

type Kept = ReturnType<typeof notOurs>;

function ofTables(kept: Kept): string[] {
  const ofTable = (row: string) => `${row}.table_schema = DATABASE() AND ${kept.table(`${row}.table_name`)}`;
  return [
    fact(
      "'database'",
      "'character set'",
      's.default_character_set_name, s.default_collation_name',
      'schemata s',
      's.schema_name = DATABASE()',
    ),
    fact(
      "'table'",
      't.table_name',
      '1, t.table_name, t.engine, t.row_format, t.create_options, t.table_comment, t.table_collation',
      'tables t',
      `${ofTable('t')} AND t.table_type = 'BASE TABLE'`,
    ),
    // Of a view only the names: its types are those of the tables.
    fact(
      "IF(t.table_type = 'VIEW', 'view', 'table')",
      'c.table_name',
      `2, c.table_name, c.column_name, c.ordinal_position, IF(t.table_type = 'VIEW', NULL, JSON_ARRAY(c.column_type, c.is_nullable,
        c.column_default, c.extra, c.generation_expression, c.collation_name, c.column_comment, c.srs_id))`,
      'columns c JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name',
      ofTable('c'),
    ),
    fact(
      "'table'",
      's.table_name',
      `3, s.table_name, s.index_name, s.seq_in_index, s.column_name, s.non_unique, s.expression, s.sub_part, s.collation, s.index_type,
        s.is_visible, s.index_comment`,
      'statistics s',
      ofTable('s'),
    ),
    fact(
      "'table'",
      'k.table_name',
      '4, k.table_name, k.constraint_name, k.constraint_type, k.enforced, c.check_clause',
      `table_constraints k LEFT JOIN information_schema.check_constraints c
        ON c.constraint_schema = k.constraint_schema AND c.constraint_name = k.constraint_name AND k.constraint_type = 'CHECK'`,
      `${ofTable('k')} AND k.constraint_type <> 'FOREIGN KEY'`,
    ),
    fact(
      "'table'",
      'p.table_name',
      `5, p.table_name, p.partition_name, p.subpartition_name, p.partition_ordinal_position, p.partition_method, p.partition_expression,
        p.subpartition_method, p.subpartition_expression, p.partition_description, p.partition_comment`,
      'partitions p',
      `${ofTable('p')} AND p.partition_name IS NOT NULL`,
    ),
  ];
}

function ofForeignKeys(): string[] {
  return [
    fact(
      "'foreign key'",
      "CONCAT(r.table_name, '.', r.constraint_name)",
      '1, r.table_name, r.constraint_name, r.update_rule, r.delete_rule, r.referenced_table_name',
      'referential_constraints r',
      'r.constraint_schema = DATABASE()',
    ),
    fact(
      "'foreign key'",
      "CONCAT(u.table_name, '.', u.constraint_name)",
      '2, u.table_name, u.constraint_name, u.column_name, u.ordinal_position, u.referenced_table_schema, u.referenced_table_name, u.referenced_column_name',
      'key_column_usage u',
      'u.table_schema = DATABASE() AND u.referenced_table_name IS NOT NULL',
    ),
  ];
}

/** Views, routines, triggers and events. */
function ofPrograms(kept: Kept): string[] {
  const stored = (row: string) => `${row}.sql_mode, ${row}.collation_connection, ${row}.database_collation`;
  return [
    fact(
      "'view'",
      'v.table_name',
      '1, v.table_name, v.view_definition, v.check_option, v.security_type, v.collation_connection',
      'views v',
      'v.table_schema = DATABASE()',
    ),
    fact(
      'LOWER(r.routine_type)',
      'r.routine_name',
      `1, r.routine_name, r.data_type, r.dtd_identifier, r.collation_name, r.routine_definition, r.is_deterministic, r.sql_data_access,
        r.security_type, r.routine_comment, ${stored('r')}`,
      'routines r',
      `r.routine_schema = DATABASE() AND r.routine_type IN ('PROCEDURE', 'FUNCTION') AND ${kept.routine('r.routine_name')}`,
    ),
    fact(
      'LOWER(p.routine_type)',
      'p.specific_name',
      '2, p.specific_name, p.ordinal_position, p.parameter_mode, p.parameter_name, p.dtd_identifier, p.collation_name',
      'parameters p',
      `p.specific_schema = DATABASE() AND p.routine_type IN ('PROCEDURE', 'FUNCTION') AND ${kept.routine('p.specific_name')}`,
    ),
    fact(
      "'trigger'",
      "CONCAT(g.event_object_table, '.', g.trigger_name)",
      `g.trigger_name, g.event_object_table, g.event_manipulation, g.action_timing, g.action_order, g.action_statement, ${stored('g')}`,
      'triggers g',
      'g.trigger_schema = DATABASE()',
    ),
    fact(
      "'event'",
      'e.event_name',
      `e.event_name, e.event_definition, e.event_type, e.execute_at, e.interval_value, e.interval_field, e.starts, e.ends, e.status,
        e.on_completion, e.event_comment, e.time_zone, ${stored('e')}`,
      'events e',
      'e.event_schema = DATABASE()',
    ),
  ];
}
