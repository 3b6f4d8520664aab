import { writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BeginTransactionCommand,
  CommitTransactionCommand,
  ExecuteStatementCommand,
  RDSDataClient,
} from '@aws-sdk/client-rds-data';
import type { Contestant } from './contestant.ts';

/** A call a statement, all of a migration in one transaction: what nobody undercuts who sends statements one by one. It keeps no history. */
export const bareCalls: Contestant = {
  name: 'bare-calls',
  title: 'bare calls: one ExecuteStatement a statement, in one transaction',
  async prepare(folder, { pending }) {
    for (const { name, statements } of pending) writeFileSync(join(folder, `${name}.json`), JSON.stringify(statements));
  },
  pretend: () => [],
  async run({ resourceArn, secretArn, database, endpoint, region, credentials }, folder) {
    const client = new RDSDataClient({ endpoint, region, credentials });
    const target = { resourceArn, secretArn };
    for (const file of (await readdir(folder)).sort()) {
      const { transactionId } = await client.send(new BeginTransactionCommand({ ...target, database }));
      for (const sql of JSON.parse(await readFile(join(folder, file), 'utf8')) as string[])
        await client.send(new ExecuteStatementCommand({ ...target, database, transactionId, sql }));
      await client.send(new CommitTransactionCommand({ ...target, transactionId }));
    }
    client.destroy();
  },
};
