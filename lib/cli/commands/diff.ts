import { readFileSync } from 'node:fs';
import { reader } from '../../compile/index.ts';
import { MigrationError } from '../../core/errors.ts';
import { diffDumps, type ServerFacts } from '../../runner/dump.ts';
import type { Command } from '../command.ts';
import { soundFolder } from '../folder.ts';
import { unlessInterrupted } from '../interrupted.ts';
import { ANY_TARGET, COMMON, FILES, OPTIONS, type Values } from '../options.ts';
import { isDeployed } from '../project-folder.ts';
import { diffText } from '../render/diff.ts';
import { schemaOfFolder } from '../scratch.ts';
import { type Session, withSession } from '../session.ts';

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
    const { values, out, err, context } = invocation;
    const { dir = OPTIONS.dir.default, ...target } = values;
    const name = values.against ?? dir;
    // What can be wrong about the folder is said before a database is opened; the engine of a deployed function is known later.
    const early = isDeployed(values) ? null : await unlessInterrupted(context, wantedSchema(values, dir));
    const work = async ({ ask, title }: Session) => {
      const grants = values.grants ? { grants: true as const } : {};
      const { text: live, server, dataApiCalls } = await ask('dump', { server: true, ...grants });
      const compare = async () => {
        const wanted = early ?? (await wantedSchema({ ...values, engine: server!.engine }, dir));
        return diffDumps({ wanted: await wanted(server!), live, sides: { before: name, after: title } });
      };
      const found = await unlessInterrupted(context, compare());
      if (values.json) out.write(`${JSON.stringify({ ...found, dataApiCalls }, null, 2)}\n`);
      else out.write(diffText(found.text, out));
      if (values.verbose && found.changes.length === 0) err.lines([err.color.dim(`no difference to ${name}`)]);
      return found.changes.length > 0 ? 1 : 0;
    };
    // The folder is the one here, wherever the database is.
    return withSession({ ...invocation, values: target }, work, { folder: 'none', on: () => undefined });
  },
};

/** The dump to compare with, as a server like the other one makes it. */
type Wanted = (server: ServerFacts) => Promise<string>;

/** Reads the dump that is given, or the folder. */
async function wantedSchema(values: Values, dir: string): Promise<Wanted> {
  if (values.against !== undefined) {
    const text = readDump(values.against);
    return async () => text;
  }
  const migrations = reader(await soundFolder({ ...values, dir }));
  return server => schemaOfFolder(values, migrations, server);
}

function readDump(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const problem = { code: 'no-file', message: `${file} cannot be read`, remedy: 'Write it with "dump"' };
    throw new MigrationError(problem, { cause });
  }
}
