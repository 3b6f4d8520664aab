import type { Problem } from '../../core/errors.ts';
import { TRACKING_MIGRATION } from '../../core/manifest.ts';
import type { Command } from '../command.ts';
import { compileFolder } from '../folder.ts';
import { COMMON, FILES, type Values } from '../options.ts';
import { count } from '../render/count.ts';
import { problem } from '../render/problem.ts';
import type { Screen } from '../render/screen.ts';

export const command: Command = {
  name: 'check',
  summary: 'compile the folder and show every problem at once',
  arguments: [],
  options: [...FILES, 'database', ...COMMON],
  description: [
    'Reads every file and prints all that is wrong: file, line, column, what to do. Needs no database connection.',
    "PostgreSQL: every statement is parsed with PostgreSQL's own grammar, so a syntax error is found here.",
    'MySQL: statements are split as the server and its client split them. Checked is what ends a quote, comment or DELIMITER; transactions; user variables, temporary tables and LAST_INSERT_ID() that a statement needs of an earlier one; PREPARE and EXECUTE; what the Data API cannot send. Only the server knows whether the rest of a statement is right: its syntax, the bodies of routines, names and types. --database names the migrated database, which must not be dropped.',
    'Exit code 1 when there are errors; warnings alone are 0.',
  ],
  examples: [
    { line: 'check', what: 'all problems of sql/migrations' },
    { line: 'check --dir db/migrations --json', what: 'as JSON, for an editor or a pipeline' },
  ],
  async run({ values, out }) {
    const { errors, warnings, migrations } = await check(values);
    if (values.json) out.write(`${JSON.stringify({ migrations, errors, warnings }, null, 2)}\n`);
    else out.lines(render({ errors, warnings, migrations }, out));
    return errors.length > 0 ? 1 : 0;
  },
};

export interface Check {
  /** How many there are, besides the tracking tables. */
  readonly migrations: number;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/** Everything that is wrong with a folder. */
export async function check(values: Values): Promise<Check> {
  const { manifest, errors, warnings } = await compileFolder(values);
  return { migrations: manifest.migrations.filter(({ name }) => name !== TRACKING_MIGRATION).length, errors, warnings };
}

function render({ migrations, errors, warnings }: Check, screen: Screen): string[] {
  const { color } = screen;
  const found = [
    errors.length > 0 && color.red(count(errors.length, 'error')),
    warnings.length > 0 && color.yellow(count(warnings.length, 'warning')),
  ].filter(Boolean);
  return [
    ...errors.flatMap(each => [...problem(each, screen), '']),
    ...warnings.flatMap(each => [...problem(each, screen, 'warning'), '']),
    found.length > 0 ? found.join(', ') : `${color.green('✓')} ${count(migrations, 'migration')}, no problems`,
  ];
}
