import {
  BatchExecuteStatementCommand,
  BeginTransactionCommand,
  CommitTransactionCommand,
  DatabaseErrorException,
  ExecuteStatementCommand,
  type Field,
  RDSDataClient,
  RollbackTransactionCommand,
  type SqlParameter,
} from '@aws-sdk/client-rds-data';
import type { Client, Target } from '../client.ts';
import { testLibrary } from '../contract.ts';
import { COLUMNS, createNotes, createSamples, SAMPLE } from '../tables.ts';

function open({ endpoint, region, credentials, resourceArn, secretArn, database, engine }: Target): Client {
  const client = new RDSDataClient({ endpoint, region, credentials });
  const cluster = { resourceArn, secretArn };
  const target = { ...cluster, database };
  const execute = (sql: string, parameters: SqlParameter[] = [], transactionId?: string) =>
    client.send(new ExecuteStatementCommand({ ...target, sql, parameters, transactionId }));
  const title = (value: string): SqlParameter => ({ name: 'title', value: { stringValue: value } });
  const insertNote = 'insert into notes (title) values (:title)';
  let migrated = false;
  return {
    async migrate() {
      if (migrated) return;
      for (const sql of [createNotes(engine), createSamples(engine)]) await execute(sql);
      migrated = true;
    },
    async insert(value) {
      const returning = engine === 'mysql' ? '' : ' returning id';
      const { records, generatedFields } = await execute(insertNote + returning, [title(value)]);
      return (engine === 'mysql' ? generatedFields?.[0] : records?.[0]?.[0])!.longValue!;
    },
    async insertBatch(titles) {
      const parameterSets = titles.map(value => [title(value)]);
      await client.send(new BatchExecuteStatementCommand({ ...target, sql: insertNote, parameterSets }));
    },
    async insertInTransaction(titles) {
      const { transactionId } = await client.send(new BeginTransactionCommand(target));
      try {
        for (const value of titles) await execute(insertNote, [title(value)], transactionId);
      } catch (error) {
        await client.send(new RollbackTransactionCommand({ ...cluster, transactionId }));
        throw error;
      }
      await client.send(new CommitTransactionCommand({ ...cluster, transactionId }));
    },
    async rename(from, to) {
      await execute('update notes set title = :to where title = :title', [
        title(from),
        { name: 'to', value: { stringValue: to } },
      ]);
    },
    async remove(value) {
      await execute('delete from notes where title = :title', [title(value)]);
    },
    async titles() {
      const { records = [] } = await execute('select title from notes order by title');
      return records.map(([field]) => field!.stringValue!).sort();
    },
    async sample() {
      await execute(`insert into samples values (${COLUMNS.map(name => `:${name}`).join(', ')})`, parameters());
      const { records = [] } = await execute(`select ${COLUMNS.join(', ')} from samples`);
      return Object.fromEntries(COLUMNS.map((name, at) => [name, memberOf(records[0]![at]!)]));
    },
    errorOf(thrown) {
      if (!(thrown instanceof DatabaseErrorException)) throw thrown;
      return thrown;
    },
    async close() {
      client.destroy();
    },
  };
}

function parameters(): SqlParameter[] {
  return [
    { name: 'id', value: { longValue: SAMPLE.id } },
    { name: 'big', value: { longValue: SAMPLE.big } },
    { name: 'amount', typeHint: 'DECIMAL', value: { stringValue: SAMPLE.amount } },
    { name: 'ratio', value: { doubleValue: SAMPLE.ratio } },
    { name: 'flag', value: { booleanValue: SAMPLE.flag } },
    { name: 'label', value: { stringValue: SAMPLE.label } },
    { name: 'document', typeHint: 'JSON', value: { stringValue: JSON.stringify(SAMPLE.document) } },
    { name: 'day', typeHint: 'DATE', value: { stringValue: SAMPLE.day } },
    { name: 'at', typeHint: 'TIMESTAMP', value: { stringValue: SAMPLE.at } },
    { name: 'bytes', value: { blobValue: SAMPLE.bytes } },
    { name: 'nothing', value: { isNull: true } },
  ];
}

/** The member of a field that is set, with its name: which one it is, is what this tests. */
function memberOf(field: Field): unknown {
  const [[member, value]] = Object.entries(field) as [[string, unknown]];
  if (member === 'blobValue') return { [member]: Buffer.from(value as Uint8Array).toString('hex') };
  // White space and the order of keys are the engine's.
  return String(value).startsWith('{') ? { json: JSON.parse(String(value)) } : { [member]: value };
}

const sample = {
  id: { longValue: 1 },
  big: { longValue: SAMPLE.big },
  amount: { stringValue: SAMPLE.amount },
  ratio: { doubleValue: SAMPLE.ratio },
  flag: { booleanValue: true },
  label: { stringValue: SAMPLE.label },
  document: { json: SAMPLE.document },
  day: { stringValue: SAMPLE.day },
  at: { stringValue: SAMPLE.at },
  bytes: { blobValue: '00017fff' },
  nothing: { isNull: true },
};

testLibrary({ name: '@aws-sdk/client-rds-data', open, reads: { postgresql: sample, mysql: sample } });
