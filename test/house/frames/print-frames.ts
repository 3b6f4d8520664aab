import { appendFileSync } from 'node:fs';
import { RDSDataClient } from '@aws-sdk/client-rds-data';

/** One call of the SDK: its statement, or the name of its command, and the frames of our own files on the way to it, the innermost first. */
export interface Sent {
  readonly sql: string;
  readonly frames: readonly string[];
}

// Loaded before `bin/migrate.ts`: appends each call to the file that FRAMES_FILE names, as a line of JSON.
Error.stackTraceLimit = 200;
const send = RDSDataClient.prototype.send as (this: RDSDataClient, ...args: unknown[]) => unknown;
RDSDataClient.prototype.send = function (this: RDSDataClient, ...args: unknown[]) {
  const command = args[0] as { input: { sql?: string }; constructor: { name: string } };
  const lines = (new Error('here').stack ?? '').split('\n');
  const frames = lines.filter(line => /\/(bin|lib|lambda)\/[^:]*\.ts:/.test(line) && !line.includes('/node_modules/'));
  const sent: Sent = { sql: command.input.sql ?? command.constructor.name, frames: frames.map(line => line.trim()) };
  appendFileSync(process.env.FRAMES_FILE!, `${JSON.stringify(sent)}\n`);
  return send.apply(this, args);
} as typeof RDSDataClient.prototype.send;
