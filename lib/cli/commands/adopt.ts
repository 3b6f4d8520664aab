import { adoptDatabase, hasFolder, importInto } from '../adoption.ts';
import type { Command, Invocation } from '../command.ts';
import { COMMON, FILES, OPTIONS, TARGET } from '../options.ts';
import { databasePlace } from '../project-folder.ts';
import { adoption, construct } from '../render/adoption.ts';
import { imported as importedText } from '../render/imported.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'adopt',
  summary: 'come from another tool: import, baseline, verify, diff',
  arguments: [],
  rest: '[SOURCE]',
  options: ['from', 'from-table', 'skip', 'set', ...FILES, ...TARGET, ...COMMON],
  description: [
    "Does in one go what a change of tools takes, and stops at the first step that finds something wrong: imports the other tool's folder SOURCE (`import`), records in the database what that tool has applied there (`baseline --from`), looks whether the database is what those migrations make (`verify`, `diff`), and prints the construct to paste. Runs no migration, and changes neither SOURCE nor the table of the other tool.",
    'Without SOURCE it takes the folder of migrations as it is, which an earlier import has written: so for each further database. The name of our table is aurora_migrations unless --table says another one. `import --dry-run` shows beforehand what would be written.',
  ],
  examples: [
    {
      line: 'adopt db/migrations --cluster-arn arn:aws:rds:… --secret-arn arn:aws:secretsmanager:… --database app',
      what: 'recognises the tool by its files',
    },
    { line: 'adopt --from goose --url postgres://app@localhost/app', what: 'the next database, with the same files' },
  ],
  run,
};

async function run(invocation: Invocation): Promise<0 | 1> {
  const {
    values,
    arguments: [source, ...more],
    out,
    err,
  } = invocation;
  const { dir = OPTIONS.dir.default } = values;
  if (more.length > 0) throw new UsageError(`Unexpected argument "${more[0]}"`, 'Name one SOURCE', 'adopt');
  if (source === undefined && !hasFolder(values))
    throw new UsageError(`${dir} holds no migrations yet`, 'Name the folder of the other tool: adopt SOURCE', 'adopt');
  // Options that name no database are an error before anything is written.
  databasePlace(values);
  const imported = source === undefined ? null : importInto(values, source);
  if (imported && !values.json) {
    const { answer, remarks } = importedText(imported, { isDryRun: false, dir }, out);
    out.lines(answer);
    err.lines(remarks.slice(0, -1));
  }
  const done = await adoptDatabase(invocation, imported);
  if (values.json) {
    const files = imported?.files.map(({ text: _, ...file }) => file);
    out.write(`${JSON.stringify({ files, ...done, construct: construct(done, dir).join('\n') }, null, 2)}\n`);
  } else out.lines(adoption(done, { dir }, out));
  return done.baseline.outcome === 'stopped' ? 1 : 0;
}
