import { readFileSync } from 'node:fs';
import { reader } from '../../compile/index.ts';
import { MigrationError } from '../../core/errors.ts';
import { dataApi } from '../../data-api/index.ts';
import { postgresql } from '../../engine/postgresql/index.ts';
import { startLocal } from '../../local/index.ts';
import { diff, dump } from '../../runner/dump.ts';
import { migrate } from '../../runner/index.ts';
import type { Command, Invocation } from '../command.ts';
import { schemaOf } from '../engine.ts';
import { soundFolder } from '../folder.ts';
import { unlessInterrupted } from '../interrupted.ts';
import { COMMON, FILES, OPTIONS, TARGET } from '../options.ts';
import { databasePlace } from '../place.ts';
import type { Screen } from '../render/screen.ts';
import { openTarget } from '../target.ts';

export const command: Command = {
  name: 'diff',
  summary: 'show how the database differs from the migrations, or from a dump',
  arguments: [],
  options: ['against', 'grants', ...FILES, ...TARGET, ...COMMON],
  description: [
    'Compares the live schema object by object with what the migrations of the folder make on a PostgreSQL that is started for it and thrown away, or with a file that "dump" has written. Lines with - are only there, lines with + only in the database. Changes nothing. Prints nothing and exits with 0 when there is no difference, with 1 when there is one.',
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
    schemaOf(values);
    const wanted = await unlessInterrupted(context, wantedSchema(invocation));
    const target = await openTarget(invocation, where, () => undefined);
    try {
      const found = await unlessInterrupted(
        context,
        diff({
          database: target.database,
          schema: schemaOf(values),
          grants: values.grants === true,
          dump: wanted.dump,
          sides: { before: wanted.name, after: target.title },
        }),
      );
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

/** The dump to compare with, and what it is called. */
async function wantedSchema({ values }: Invocation): Promise<{ dump: string; name: string }> {
  const { against, dir = OPTIONS.dir.default, grants = false } = values;
  if (against !== undefined) return { dump: readDump(against), name: against };
  const migrations = reader(await soundFolder(values));
  const { endpoint, region, resourceArn, secretArn, credentials, database: name, stop } = await startLocal();
  try {
    const database = dataApi({ resourceArn, secretArn, database: name, client: { endpoint, region, credentials } });
    const engine = postgresql(values);
    const { problems, migrations: all } = await migrate({ database, engine, migrations, requestedBy: 'diff' });
    const failed = all.find(({ state }) => state !== 'applied');
    if (problems.length > 0) throw new MigrationError(problems);
    if (failed) throw failedOnScratch(failed.name, failed.error?.message ?? failed.state);
    return { dump: (await dump({ database, schema: schemaOf(values), grants })).text, name: dir };
  } finally {
    await stop();
  }
}

function failedOnScratch(migration: string, why: string): MigrationError {
  return new MigrationError({
    code: 'not-applicable',
    message: `${migration} cannot be applied to an empty database: ${why}`,
    remedy: 'Compare with a dump instead: --against FILE',
    migration,
  });
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
