import { readFileSync } from 'node:fs';
import { reader } from '../../compile/index.ts';
import type { Database } from '../../core/database.ts';
import { MigrationError } from '../../core/errors.ts';
import { diff } from '../../runner/dump.ts';
import type { Command, Invocation } from '../command.ts';
import { schemaOf } from '../engine.ts';
import { soundFolder } from '../folder.ts';
import { unlessInterrupted } from '../interrupted.ts';
import { COMMON, FILES, OPTIONS, TARGET } from '../options.ts';
import { databasePlace } from '../place.ts';
import type { Screen } from '../render/screen.ts';
import { schemaOfFolder } from '../scratch.ts';
import { openTarget } from '../target.ts';

export const command: Command = {
  name: 'diff',
  summary: 'show how the database differs from the migrations, or from a dump',
  arguments: [],
  options: ['against', 'grants', ...FILES, ...TARGET, ...COMMON],
  description: [
    'Compares the live schema object by object with what the migrations of the folder make on a PostgreSQL (MySQL: a mysqld from the PATH) that is started for it and thrown away, or with a file that "dump" has written. Lines with - are only there, lines with + only in the database. Changes nothing. Prints nothing and exits with 0 when there is no difference, with 1 when there is one.',
  ],
  examples: [
    {
      line: 'diff --cluster-arn arn:aws:rds:… --secret-arn arn:aws:secretsmanager:… --database app',
      what: 'what was done by hand?',
    },
    { line: 'diff --against sql/current_schema_dump.sql', what: 'is the dump that we keep still true?' },
  ],
  async run(invocation) {
    const { values, out, err, context } = invocation;
    const where = databasePlace(values);
    const wanted = await unlessInterrupted(context, wantedSchema(invocation));
    const target = await openTarget(invocation, where, () => undefined);
    try {
      const { database } = target;
      const sides = { before: wanted.name, after: target.title };
      const options = { database, schema: schemaOf(values), grants: values.grants === true, sides };
      const dump = await unlessInterrupted(context, wanted.dump(database));
      const found = await unlessInterrupted(context, diff({ ...options, dump }));
      const { text, changes } = found;
      if (values.json) out.write(`${JSON.stringify(found, null, 2)}\n`);
      else out.write(colored(text, out));
      if (values.verbose && changes.length === 0) err.lines([err.color.dim(`no difference to ${wanted.name}`)]);
      return changes.length > 0 ? 1 : 0;
    } finally {
      await target.close();
    }
  },
};

/** What it is called, and the dump to compare with. What can be wrong about it without a database is said before one is opened. */
async function wantedSchema({
  values,
}: Invocation): Promise<{ name: string; dump(target: Database): Promise<string> }> {
  const { against, dir = OPTIONS.dir.default } = values;
  if (against !== undefined) {
    const text = readDump(against);
    return { name: against, dump: async () => text };
  }
  const migrations = reader(await soundFolder(values));
  return { name: dir, dump: target => schemaOfFolder(values, migrations, target) };
}

function readDump(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const problem = { code: 'no-file', message: `${file} cannot be read`, remedy: 'Write it with "dump"' };
    throw new MigrationError(problem, { cause });
  }
}

function colored(text: string, { color }: Screen): string {
  const styles: Readonly<Record<string, (line: string) => string>> = {
    '+': color.green,
    '-': color.red,
    '@': color.cyan,
  };
  return text
    .split('\n')
    .map(line => (styles[line[0] ?? ''] ?? String)(line))
    .join('\n');
}
