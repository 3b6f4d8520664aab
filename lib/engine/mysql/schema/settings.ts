import type { Database } from '../../../core/database.ts';

/** What a definition that does not say it has from the server; older ones do not know all of them. */
const SETTINGS = [
  'sql_mode',
  'explicit_defaults_for_timestamp',
  'default_storage_engine',
  'sql_generate_invisible_primary_key',
  'lower_case_table_names',
];

/** See `SchemaReader.settings`. The character set of a database stands for that of a server on which one is made. */
export async function settings(database: Database): Promise<Record<string, string>> {
  const rows = await database.execute({
    sql: `SELECT v.variable_name, v.variable_value FROM performance_schema.global_variables v
      WHERE v.variable_name IN (${SETTINGS.map(name => `'${name}'`).join(', ')})
      UNION ALL SELECT 'character_set_server', s.default_character_set_name FROM information_schema.schemata s WHERE s.schema_name = DATABASE()
      UNION ALL SELECT 'collation_server', s.default_collation_name FROM information_schema.schemata s WHERE s.schema_name = DATABASE()`,
    effect: 'read',
  });
  return Object.fromEntries(rows.map(([name, value]) => [name!, value ?? '']));
}
