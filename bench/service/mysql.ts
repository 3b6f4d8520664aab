import mysql2, { type RowDataPacket } from 'mysql2/promise';
import { type Databases, TOOLS } from './databases.ts';

const COLUMNS = `
SELECT table_name, column_name, column_type, is_nullable, column_key FROM information_schema.columns
WHERE table_schema = DATABASE() AND NOT REGEXP_LIKE(table_name, '${TOOLS}') ORDER BY table_name, ordinal_position`;

const INDEXES = `
SELECT table_name, index_name, non_unique, seq_in_index, column_name, sub_part, index_type FROM information_schema.statistics
WHERE table_schema = DATABASE() AND NOT REGEXP_LIKE(table_name, '${TOOLS}') ORDER BY table_name, index_name, seq_in_index`;

const TABLES = `
SELECT table_name FROM information_schema.tables
WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND NOT REGEXP_LIKE(table_name, '${TOOLS}') ORDER BY table_name`;

/** @param server URL of root */
export async function mysqlDatabases(server: string): Promise<Databases> {
  const query = async (statements: readonly string[], database?: string) => {
    const connection = await mysql2.createConnection({ uri: server, ...(database !== undefined && { database }) });
    try {
      let rows: unknown[][] = [];
      for (const statement of statements) {
        [rows] = (await connection.query<RowDataPacket[]>({ sql: statement, rowsAsArray: true })) as [
          unknown[][],
          unknown,
        ];
      }
      return rows;
    } finally {
      await connection.end();
    }
  };
  const sql = async (statements: readonly string[], database?: string) => void (await query(statements, database));
  const [row] = await query(['SELECT VERSION()']);
  return {
    version: `MySQL ${row![0]}`,
    sql,
    async create(database, template) {
      await sql([`CREATE DATABASE ${database}`]);
      if (template === undefined) return;
      // MySQL copies no databases: table by table, then the procedures.
      for (const [table] of await query(['SHOW TABLES'], template)) {
        const copy = [
          `CREATE TABLE ${table} LIKE ${template}.${table}`,
          `INSERT INTO ${table} SELECT * FROM ${template}.${table}`,
        ];
        await sql(copy, database);
      }
      for (const [, name] of await query(['SHOW PROCEDURE STATUS WHERE db = DATABASE()'], template)) {
        const [made] = await query([`SHOW CREATE PROCEDURE ${name}`], template);
        await sql([String(made![2])], database);
      }
    },
    drop: database => sql([`DROP DATABASE IF EXISTS ${database}`]),
    async shape(database) {
      const columns = await query([COLUMNS], database);
      const indexes = await query([INDEXES], database);
      const tables = (await query([TABLES], database)).map(([table]) => String(table));
      if (tables.length === 0) return '';
      const counts = tables.map(table => `SELECT '${table}', COUNT(*) FROM ${table}`).join(' UNION ALL ');
      // It answers with the name of the database too.
      const sums = (await query([`CHECKSUM TABLE ${tables.join(', ')}`], database)).map(([, sum]) => sum);
      return JSON.stringify([columns, indexes, await query([counts], database), sums]);
    },
  };
}
