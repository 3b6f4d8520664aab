import { checkTarget, type Imported, readImport, writeImport } from '../../import/index.ts';
import type { Command } from '../command.ts';
import { COMMON, OPTIONS, type Values } from '../options.ts';
import { imported } from '../render/imported.ts';
import { settingsOf } from '../settings.ts';
import { UsageError } from '../usage-error.ts';

export const command: Command = {
  name: 'import',
  summary: 'write the migrations of another tool as files of this one',
  arguments: ['SOURCE'],
  options: ['from', 'dir', 'engine', 'skip', 'set', 'dry-run', ...COMMON],
  description: [
    "Reads the folder of another tool (golang-migrate, dbmate, Flyway, goose, sql-migrate, sqlx, diesel, Prisma, Drizzle, Supabase, node-pg-migrate, pop, Atlas, Liquibase's formatted SQL, graphile-migrate, tern, MyBatis, rambler, Play, postgres-migrations, aws-blocks, alchemy, db-migrate, or the structure.sql of Rails) and writes its migrations into a new folder: in the other tool's own order, with up and down, transaction modes and repeatables. The first line of each file, `-- Source: TOOL ID`, says which migration it was. Needs no database connection, executes nothing, and does not touch the source.",
    'Statements stay as they are: only marker lines, BEGIN and COMMIT around a whole section, and delimiters that are no semicolon are taken out. What cannot be carried over (code, placeholders, data of COPY, templates) is listed by file and line, and nothing is written, unless --skip names it or --set gives the placeholder. --skip and --set may be given several times; * in --skip stands for any characters.',
  ],
  examples: [
    { line: 'import --from auto db/migrations --dry-run', what: 'old and new names, without writing anything' },
    { line: 'import --from goose db/migrations --skip "*.go"', what: 'without the migrations that are code' },
    { line: 'import --from flyway sql --set app_user=app --dir migrations', what: 'into another folder' },
  ],
  async run({ values, arguments: [source = ''], out, err }) {
    const result = runImport(values, source);
    if (values.json) out.write(`${JSON.stringify(json(values, result), null, 2)}\n`);
    else {
      const { answer, remarks } = imported(result, { isDryRun: values['dry-run'] ?? false, dir: dirOf(values) }, out);
      out.lines(answer);
      err.lines(remarks);
    }
    return 0;
  },
};

function dirOf({ dir }: Values): string {
  return dir ?? OPTIONS.dir.default;
}

/** Reads the source, and writes the target unless nothing shall be written. */
function runImport(values: Values, source: string): Imported {
  if (values.from === undefined)
    throw new UsageError('"import" needs --from TOOL', 'Give --from auto to have the tool recognised', 'import');
  const dir = dirOf(values);
  checkTarget(dir, source);
  const result = readImport({
    tool: values.from,
    source,
    engine: values.engine,
    skip: values.skip ?? [],
    values: settingsOf(values.set ?? [], 'import'),
  });
  if (!values['dry-run']) writeImport(dir, result.files);
  return result;
}

function json(values: Values, { tool, engine, files, leftOut, skipped, notes }: Imported): object {
  return {
    tool,
    engine,
    dir: dirOf(values),
    written: !values['dry-run'],
    files: files.map(({ text: _, ...file }) => file),
    leftOut,
    skipped,
    notes,
  };
}
