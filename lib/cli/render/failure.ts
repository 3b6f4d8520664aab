import { isSqlState, sentence } from '../../core/errors.ts';
import type { FailureReport } from '../../core/report.ts';
import { excerpt } from './excerpt.ts';
import type { Screen } from './screen.ts';
import { printable, wrap } from './text.ts';

/** What is known about a failed migration besides the database's words. */
export interface FailureContext {
  readonly name: string;
  readonly statements: number | null;
  /** The line of the file where it failed, as it is there. */
  readonly text?: string | undefined;
  /** @default 'failed' */
  readonly what?: string;
}

/**
 * Why a migration failed, as its own paragraph:
 *
 *     ✗ 003_bad failed at sql/migrations/003_bad.sql:4:13, statement 2 of 3
 *       42P01   relation "userz" does not exist
 *       Hint    Perhaps you meant "users".
 *       4 │ INSERT INTO userz VALUES (1);
 *         │             ^
 */
export function failure(report: FailureReport, context: FailureContext, screen: Screen): string[] {
  const { bold, red } = screen.color;
  const at = place(report, context);
  const [first = '', ...more] = wrap(
    printable(`✗ ${context.name} ${context.what ?? 'failed'}${at && ` at ${at}`}`),
    screen.width - 2,
  );
  return [red(bold(first)), ...more.map(line => red(bold(`  ${line}`))), ...words(report, context, screen)];
}

/** The same under the line of a table that says already what failed. */
export function failureBelow(report: FailureReport, context: FailureContext, screen: Screen): string[] {
  const at = place(report, context);
  return [
    ...words(report, context, screen),
    ...(at ? labelled('At', at, screen, screen.color.dim) : []),
    ...labelled('Next', sentence(report.remedy), screen, screen.color.dim),
  ];
}

function place({ file, line, column, statement }: FailureReport, { statements }: FailureContext): string {
  const numbered = statement === null ? '' : `statement ${statement}${statements ? ` of ${statements}` : ''}`;
  // Of a file that is not here, only the line is known.
  const at = file === null && line !== null ? [`line ${line}`] : [file, line, column].filter(part => part !== null);
  return [at.join(':'), numbered].filter(Boolean).join(', ');
}

function words(report: FailureReport, { text }: FailureContext, screen: Screen): string[] {
  const { cyan, dim, red } = screen.color;
  return [
    ...labelled(isSqlState(report.code) ? report.code : 'Error', report.message, screen, red),
    ...(!report.detail ? [] : labelled('Detail', report.detail, screen, dim)),
    ...(!report.hint ? [] : labelled('Hint', report.hint, screen, cyan)),
    ...(text === undefined || report.line === null
      ? []
      : excerpt({ line: report.line, column: report.column, text }, screen)),
  ];
}

/** Text with a label before it, wrapped under itself. */
export function labelled(
  label: string,
  text: string,
  screen: Screen,
  style: (text: string) => string,
  columns = 8,
): string[] {
  const indent = 2 + columns;
  return wrap(printable(text), Math.max(20, screen.width - indent)).map(
    (line, at) =>
      `  ${at === 0 ? style(label) + ' '.repeat(Math.max(1, columns - label.length)) : ' '.repeat(columns)}${line}`,
  );
}
