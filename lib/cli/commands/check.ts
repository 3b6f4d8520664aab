import { resolve } from 'node:path';
import { type Compiled, type JudgedFinding, MigrationError } from '../../compile/index.ts';
import type { Problem } from '../../core/errors.ts';
import { type EngineName, TRACKING_MIGRATION } from '../../core/manifest.ts';
import { compareVersions } from '../../core/order.ts';
import type { Command } from '../command.ts';
import { compileFolder } from '../folder.ts';
import { COMMON, FILES, type Values } from '../options.ts';
import { count } from '../render/count.ts';
import { finding } from '../render/finding.ts';
import { githubAnnotations } from '../render/github.ts';
import { problems } from '../render/problem.ts';
import { sarif } from '../render/sarif.ts';
import type { Screen } from '../render/screen.ts';

export const command: Command = {
  name: 'check',
  summary: 'compile the folder and show every problem at once',
  arguments: [],
  rest: '[FILE…]',
  options: [...FILES, 'database', 'since', 'strict', 'notes', 'format', ...COMMON],
  description: [
    'Reads every file and prints all that is wrong: file, line, column, what to do. Needs no database connection.',
    "PostgreSQL: every statement is parsed with PostgreSQL's own grammar, so a syntax error is found here.",
    'MySQL: statements are split as the server and its client split them. Checked is what ends a quote, comment or DELIMITER; transactions; user variables, temporary tables and LAST_INSERT_ID() that a statement needs of an earlier one; PREPARE and EXECUTE; what the Data API cannot send. Only the server knows whether the rest of a statement is right: its syntax, the bodies of routines, names and types. --database names the migrated database, which must not be dropped.',
    'Then judges the statements by safety rules: what would stop a live application, with the safe statements (docs/safety.md). With files, only those are judged; all are read, for the schema that they build.',
    'Exit code 1 when there are errors, or with --strict findings of danger or caution; warnings and findings alone are 0.',
  ],
  examples: [
    { line: 'check', what: 'all problems of sql/migrations' },
    { line: 'check sql/migrations/042_*.sql --strict', what: 'judge what a pull request adds' },
    { line: 'check --dir db/migrations --json', what: 'as JSON, for an editor or a pipeline' },
  ],
  async run({ values, arguments: files, out, context }) {
    const checked = await check(values, files);
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

export interface Check {
  readonly engine: EngineName;
  /** How many there are, besides the tracking tables. */
  readonly migrations: number;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What the safety rules found and no comment allows. */
  readonly findings: readonly JudgedFinding[];
}

/** Everything that is wrong with a folder. `files`: only these are judged by the safety rules. */
export async function check(values: Values, files: readonly string[] = []): Promise<Check> {
  const compiled = await compileFolder(values);
  const { manifest, errors, warnings } = compiled;
  return {
    engine: manifest.engine,
    migrations: manifest.migrations.filter(({ name }) => name !== TRACKING_MIGRATION).length,
    errors,
    warnings,
    findings: judged(compiled, values, files),
  };
}

function judged({ findings, manifest, errors }: Compiled, { since, notes }: Values, files: readonly string[]) {
  const paths = new Set(files.map(file => resolve(file)));
  const versions = new Map(manifest.migrations.map(({ name, version }) => [name, version]));
  const known = new Set([...findings.map(({ place }) => place.file), ...manifest.migrations.map(({ file }) => file)]);
  const strange = files.find(file => ![...known].some(path => path !== null && resolve(path) === resolve(file)));
  if (strange !== undefined && errors.length === 0) {
    throw new MigrationError({
      code: 'no-such-file',
      message: `${strange} is no migration of this folder`,
      remedy: 'Name files of the folder, or another folder with --dir',
    });
  }
  return findings.filter(({ allowed, severity, migration, place }) => {
    if (allowed !== undefined || (severity === 'note' && !notes)) return false;
    const version = versions.get(migration);
    if (since !== undefined && version != null && compareVersions(version, since) < 0) return false;
    return paths.size === 0 || paths.has(resolve(place.file));
  });
}

const LOOKS: Readonly<Record<Look, (checked: Check, screen: Screen) => string[]>> = {
  text: render,
  github: githubAnnotations,
  sarif: checked => [sarif(checked)],
};

function render({ migrations, errors, warnings, findings }: Check, screen: Screen): string[] {
  const { color } = screen;
  const of = (wanted: string) => findings.filter(({ severity }) => severity === wanted).length;
  const found = [
    errors.length > 0 && color.red(count(errors.length, 'error')),
    warnings.length > 0 && color.yellow(count(warnings.length, 'warning')),
    of('danger') > 0 && color.red(count(of('danger'), 'danger')),
    of('caution') > 0 && color.yellow(count(of('caution'), 'caution')),
    of('note') > 0 && count(of('note'), 'note'),
  ].filter(Boolean);
  return [
    ...problems(errors, screen),
    ...problems(warnings, screen, 'warning'),
    ...findings.flatMap(each => [...finding(each, screen), '']),
    found.length > 0 ? found.join(', ') : `${color.green('✓')} ${count(migrations, 'migration')}, no problems`,
  ];
}
