import { readFileSync } from 'node:fs';
import { reader } from '../../compile/index.ts';
import { MigrationError } from '../../core/errors.ts';
import { type Difference, diff, diffDumps, readServer, type ServerFacts } from '../../runner/dump.ts';
import type { Command, Invocation } from '../command.ts';
import { openFunction } from '../deployed/index.ts';
import { engineOf, schemaOf } from '../engine.ts';
import { soundFolder } from '../folder.ts';
import { unlessInterrupted } from '../interrupted.ts';
import { ANY_TARGET, COMMON, FILES, OPTIONS, type Values } from '../options.ts';
import { type DatabasePlace, type FunctionPlace, placeBesideFolder } from '../place.ts';
import type { Screen } from '../render/screen.ts';
import { schemaOfFolder } from '../scratch.ts';
import { openTarget } from '../target.ts';

export const command: Command = {
  name: 'diff',
  summary: 'show how the database differs from the migrations, or from a dump',
  arguments: [],
  options: ['against', 'grants', ...FILES, ...ANY_TARGET, ...COMMON],
  description: [
    'Compares the live schema object by object with what the migrations of the folder make on a PostgreSQL (MySQL: a mysqld from the PATH) that is started for it and thrown away, or with a file that "dump" has written. Lines with - are only there, lines with + only in the database. Changes nothing. Prints nothing and exits with 0 when there is no difference, with 1 when there is one.',
  ],
  examples: [
    {
      line: 'diff --cluster-arn arn:aws:rds:… --secret-arn arn:aws:secretsmanager:… --database app',
      what: 'what was done by hand?',
    },
    { line: 'diff --stack Shop-prod', what: 'of a deployed hook: its function reads the schema' },
    { line: 'diff --against sql/current_schema_dump.sql', what: 'is the dump that we keep still true?' },
  ],
  async run(invocation) {
    const { values, out, err } = invocation;
    const where = placeBesideFolder(values);
    const { name, found } = await (where.kind === 'function' ? deployed(invocation, where) : direct(invocation, where));
    const { text, changes } = found;
    if (values.json) out.write(`${JSON.stringify(found, null, 2)}\n`);
    else out.write(colored(text, out));
    if (values.verbose && changes.length === 0) err.lines([err.color.dim(`no difference to ${name}`)]);
    return changes.length > 0 ? 1 : 0;
  },
};

/** The differences, and what they are to. */
interface Compared {
  readonly name: string;
  readonly found: Difference;
}

async function direct(invocation: Invocation, where: DatabasePlace): Promise<Compared> {
  const { values, context } = invocation;
  const { name, dumpLike } = await unlessInterrupted(context, wantedSchema(values));
  const target = await openTarget(invocation, where, () => undefined);
  try {
    const source = { database: target.database, schema: schemaOf(values) };
    const sides = { before: name, after: target.title };
    const wanted = async () => dumpLike(await readServer(source, engineOf(values)));
    const dump = await unlessInterrupted(context, wanted());
    const options = { ...source, grants: values.grants === true, sides, dump };
    return { name, found: await unlessInterrupted(context, diff(options)) };
  } finally {
    await target.close();
  }
}

/** The dump comes through the function, which alone need reach the database; the folder is the one here. */
async function deployed({ values, context }: Invocation, where: FunctionPlace): Promise<Compared> {
  const { ask, title } = await openFunction(where, context, () => undefined);
  const { text, server, dataApiCalls } = await ask('dump', { server: true, ...(values.grants && { grants: true }) });
  const { name, dumpLike } = await unlessInterrupted(context, wantedSchema({ ...values, engine: server!.engine }));
  const dump = await unlessInterrupted(context, dumpLike(server!));
  return { name, found: { ...diffDumps({ dump, live: text, sides: { before: name, after: title } }), dataApiCalls } };
}

/** What it is called, and the dump to compare with. What can be wrong about it without a database is said before one is opened. */
async function wantedSchema(values: Values): Promise<{ name: string; dumpLike(server: ServerFacts): Promise<string> }> {
  const { against, dir = OPTIONS.dir.default } = values;
  if (against !== undefined) {
    const text = readDump(against);
    return { name: against, dumpLike: async () => text };
  }
  const migrations = reader(await soundFolder(values));
  return { name: dir, dumpLike: server => schemaOfFolder(values, migrations, server) };
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
