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
  engines: ['postgresql'],
  before: [
    `CREATE FUNCTION floor_apply(script text) RETURNS text LANGUAGE plpgsql AS 'BEGIN EXECUTE script; RETURN ''done''; END'`,
  ],
  async prepare(folder, { pending }) {
    for (const { name, statements } of pending) {
      writeFileSync(join(folder, `${name}.sql`), statements.map(statement => `${statement};\n`).join(''));
    }
  },
  pretend: () => [],
  async run({ resourceArn, secretArn, database, endpoint, region, credentials }, folder) {
    const client = new RDSDataClient({ endpoint, region, credentials });
    const target = { resourceArn, secretArn, database };
    const files = (await readdir(folder)).sort();
    if (files.length === 0) await client.send(new ExecuteStatementCommand({ ...target, sql: 'SELECT 1' }));
    for (const file of files) {
      const parameters = [{ name: 'script', value: { stringValue: await readFile(join(folder, file), 'utf8') } }];
      await client.send(new ExecuteStatementCommand({ ...target, sql: 'SELECT floor_apply(:script)', parameters }));
    }
    client.destroy();
  },
};
