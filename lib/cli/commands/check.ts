import { resolve } from 'node:path';
import { type Compiled, MigrationError } from '../../compile/index.ts';
import { type Judged, olderThan, onlyJudged } from '../../compile/judged.ts';
import { TRACKING_MIGRATION } from '../../core/manifest.ts';
import type { Command, Invocation } from '../command.ts';
import { compileFolder } from '../folder.ts';
import { ANY_TARGET, COMMON, FILES, type Values } from '../options.ts';
import { judgeFor, openReading } from '../reading.ts';
import type { Check } from '../render/check.ts';
import { count } from '../render/count.ts';
import { countFindings, findings as paragraphs } from '../render/findings.ts';
import { githubAnnotations } from '../render/github.ts';
import { problems } from '../render/problem.ts';
import { sarif } from '../render/sarif.ts';
import type { Screen } from '../render/screen.ts';

export const command: Command = {
  name: 'check',
  summary: 'compile the folder and show every problem at once',
  arguments: [],
  rest: '[FILE…]',
  options: [...FILES, ...ANY_TARGET, 'since', 'strict', 'notes', 'format', ...COMMON],
  isTargetOptional: true,
  description: [
    'Reads every file and prints all that is wrong: file, line, column, what to do. Needs no database connection.',
    "PostgreSQL: every statement is parsed with PostgreSQL's own grammar, so a syntax error is found here.",
    'MySQL: statements are split as the server and its client split them. Checked is what ends a quote, comment or DELIMITER; transactions; user variables, temporary tables and LAST_INSERT_ID() that a statement needs of an earlier one; PREPARE and EXECUTE; what the Data API cannot send. Only the server knows whether the rest of a statement is right: its syntax, the bodies of routines, names and types. --database names the migrated database, which must not be dropped.',
    'Then judges the statements by safety rules: what would stop a live application, with the safe statements (docs/safety.md). With files, only those are judged; all are read, for the schema that they build.',
    'With a target (--url, --data, --cluster-arn, --function or --stack) only migrations are judged that are not applied there, and a table that one of them makes is new.',
    'Exit code 1 when there are errors, or with --strict findings of danger or caution; warnings and findings alone are 0.',
  ],
  examples: [
    { line: 'check', what: 'all problems of sql/migrations' },
    { line: 'check sql/migrations/042_*.sql --strict', what: 'judge what a pull request adds' },
    { line: 'check --stack Shop-prod --strict', what: 'judge what the next deploy will execute' },
    { line: 'check --dir db/migrations --json', what: 'as JSON, for an editor or a pipeline' },
  ],
  async run(invocation) {
    const { values, out, context } = invocation;
    const checked = await check(invocation);
    if (values.json) out.write(`${JSON.stringify(checked, null, 2)}\n`);
    else out.lines(LOOKS[lookOf(values, context.env)](checked, out));
    const unsafe = values.strict === true && checked.findings.some(({ severity }) => severity !== 'note');
    return checked.errors.length > 0 || unsafe ? 1 : 0;
  },
};

type Look = 'text' | 'github' | 'sarif';

function lookOf({ format }: Values, env: Readonly<Record<string, string | undefined>>): Look {
  return (format as Look | undefined) ?? (env.GITHUB_ACTIONS === 'true' ? 'github' : 'text');
}

/** Everything that is wrong with a folder. With files, only these are judged by the safety rules. */
async function check(invocation: Invocation): Promise<Check> {
  const { compiled, judged } = await judge(invocation);
  const { manifest, errors } = compiled;
  const isJudged = choose(compiled, invocation);
  const { findings, warnings } = onlyJudged(judged, isJudged);
  const { notes = false } = invocation.values;
  return {
    engine: manifest.engine,
    migrations: manifest.migrations.filter(({ name }) => name !== TRACKING_MIGRATION).length,
    errors,
    warnings,
    findings: findings.filter(({ allowed, severity }) => allowed === undefined && (severity !== 'note' || notes)),
  };
}

const TARGETS = ['data', 'url', 'cluster-arn', 'function', 'stack'] as const;

/** Compiles the folder, and judges it for the database where one is named. What has errors cannot be planned: it has no findings there. */
async function judge(invocation: Invocation): Promise<{ readonly compiled: Compiled; readonly judged: Judged }> {
  const { values } = invocation;
  if (TARGETS.every(target => values[target] === undefined)) {
    const compiled = await compileFolder(values);
    return { compiled, judged: compiled };
  }
  const reading = await openReading(invocation);
  const compiled = await compileFolder(reading.values);
  if (compiled.errors.length > 0) return { compiled, judged: { findings: [], warnings: compiled.warnings } };
  const { unapplied } = await reading.review(compiled);
  return { compiled, judged: judgeFor(compiled, unapplied) };
}

/** Whether a migration is among those that the command line asks for. Throws where it names a file or a version that is not there. */
function choose(
  { manifest, errors }: Compiled,
  { values: { since }, arguments: files }: Invocation,
): (migration: string) => boolean {
  // A file with errors may be missing from the manifest: then nobody knows whether it is there.
  const isWhole = errors.length === 0;
  const older = new Set(since === undefined || !isWhole ? [] : olderThan(manifest, since));
  const named = new Map(manifest.migrations.map(({ name, file }) => [name, file === null ? null : resolve(file)]));
  const paths = new Set(files.map(file => resolve(file)));
  const strange = files.find(file => ![...named.values()].includes(resolve(file)));
  if (strange !== undefined && isWhole) {
    throw new MigrationError({
      code: 'no-such-file',
      message: `${strange} is no migration of this folder`,
      remedy: 'Name files of the folder, or another folder with --dir',
    });
  }
  return migration => !older.has(migration) && (paths.size === 0 || paths.has(named.get(migration) ?? ''));
}

const LOOKS: Readonly<Record<Look, (checked: Check, screen: Screen) => string[]>> = {
  text: render,
  github: githubAnnotations,
  sarif: checked => [sarif(checked)],
};

function render({ migrations, errors, warnings, findings }: Check, screen: Screen): string[] {
  const { color } = screen;
  const found = [
    ...(errors.length > 0 ? [color.red(count(errors.length, 'error'))] : []),
    ...(warnings.length > 0 ? [color.yellow(count(warnings.length, 'warning'))] : []),
    ...countFindings(findings, screen),
  ];
  return [
    ...problems(errors, screen),
    ...problems(warnings, screen, 'warning'),
    ...paragraphs(findings, screen),
    found.length > 0 ? found.join(', ') : `${color.green('✓')} ${count(migrations, 'migration')}, no problems`,
  ];
}
