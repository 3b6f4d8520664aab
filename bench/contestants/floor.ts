import { writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExecuteStatementCommand, RDSDataClient } from '@aws-sdk/client-rds-data';
import type { Contestant } from './contestant.ts';

/**
 * What cannot be undercut: one call a migration, and one to learn that there is none. It keeps no history, takes no lock, and nobody knows
 * what became of a call that was not answered. What is pending it is told, and the function that it calls is there beforehand.
 */
export const floor: Contestant = {
  name: 'floor',
  title: 'floor: a hand-written loop, one call a migration',
  before: {
    postgresql: [
      `CREATE FUNCTION floor_apply(script text) RETURNS text LANGUAGE plpgsql AS 'BEGIN EXECUTE script; RETURN ''done''; END'`,
    ],
    // MySQL prepares one statement at a time: they come as a list.
    mysql: [
      `CREATE PROCEDURE floor_apply(script json) BEGIN
        DECLARE at int DEFAULT 0;
        WHILE at < JSON_LENGTH(script) DO
          SET @sql = JSON_UNQUOTE(JSON_EXTRACT(script, CONCAT('$[', at, ']')));
          PREPARE one FROM @sql; EXECUTE one; DEALLOCATE PREPARE one;
          SET at = at + 1;
        END WHILE;
      END`,
    ],
  },
  async prepare(folder, { pending }, engine) {
    for (const { name, statements } of pending) {
      const script = statements.map(statement => `${statement};\n`).join('');
      writeFileSync(join(folder, `${name}.sql`), engine === 'mysql' ? JSON.stringify(statements) : script);
    }
  },
  pretend: () => [],
  async run({ resourceArn, secretArn, database, endpoint, region, credentials, engine }, folder) {
    const client = new RDSDataClient({ endpoint, region, credentials });
    const target = { resourceArn, secretArn, database };
    const sql = engine === 'mysql' ? 'CALL floor_apply(:script)' : 'SELECT floor_apply(:script)';
    const files = (await readdir(folder)).sort();
    if (files.length === 0) await client.send(new ExecuteStatementCommand({ ...target, sql: 'SELECT 1' }));
    for (const file of files) {
      const parameters = [{ name: 'script', value: { stringValue: await readFile(join(folder, file), 'utf8') } }];
      await client.send(new ExecuteStatementCommand({ ...target, sql, parameters }));
    }
    client.destroy();
  },
};
