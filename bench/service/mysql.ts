import mysql2, { type RowDataPacket } from 'mysql2/promise';
import { type Databases, TOOLS } from './databases.ts';

const SHAPE = `
SELECT table_name, column_name, column_type, is_nullable, column_key FROM information_schema.columns
WHERE table_schema = DATABASE() AND NOT REGEXP_LIKE(table_name, '${TOOLS}') ORDER BY table_name, ordinal_position`;

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
    shape: async database => JSON.stringify(await query([SHAPE], database)),
  };
}
