import { sentence } from '../../core/errors.ts';
import type { MigrationReport, Report } from '../../core/report.ts';
import { count, list } from './count.ts';
import { failure, labelled } from './failure.ts';
import { problems } from './plan.ts';
import type { Screen } from './screen.ts';
import { calls, counts } from './state.ts';
import { notes } from './status.ts';
import { total } from './time.ts';

/** The end of `up`: what failed or stopped it, how things stand, what to do next, and one line in words. */
export function verdict(report: Report, screen: Screen, line?: string): string[] {
  const failed =
    report.outcome === 'failed' ? report.migrations.find(({ state, error }) => state === 'failed' && error) : undefined;
  return [
    ...(failed ? ['', ...failureParagraph(report, failed, screen, line), ''] : []),
    ...notes(report.notes, screen),
    ...(report.problems.length > 0 && report.applied.length > 0 ? [''] : []),
    ...problems(report.problems, screen),
    `${summary(report, screen)} ${screen.color.dim(calls(report.dataApiCalls))}`,
  ];
}

function summary(report: Report, { color }: Screen): string {
  const { applied, executionTimeMs } = report;
  const inTime = `in ${total(executionTimeMs)}`;
  switch (report.outcome) {
    case 'nothing-to-do':
      return `${color.green('Nothing to do:')} ${counts(report.counts)}`;
    case 'applied':
      return `${color.green(`${applied.length} applied`)} ${inTime}`;
    case 'failed':
      return `${color.red('Failed')} ${inTime}: ${result(report)}`;
    case 'stopped':
      return `${color.red('Stopped')} ${inTime}: ${result(report)}`;
  }
}

/** `2 applied, 1 failed, 3 not tried`: by this run. */
function result(report: Report): string {
  const failed = report.counts.failed;
  const left = report.counts.pending;
  const parts = [
    report.applied.length > 0 && `${report.applied.length} applied`,
    failed > 0 && `${failed} failed`,
    left > 0 && `${left} pending`,
  ].filter(Boolean);
  return report.applied.length === 0 ? ['nothing was applied', ...parts].join(', ') : parts.join(', ');
}

function failureParagraph(report: Report, failed: MigrationReport, screen: Screen, text: string | undefined): string[] {
  const error = failed.error!;
  return [
    ...failure(error, { name: failed.name, statements: failed.statements, text }, screen),
    '',
    ...labelled('Applied', standing(report, failed), screen, screen.color.bold, 10),
    ...labelled('Next', sentence(error.remedy), screen, screen.color.bold, 10),
  ];
}

/** What is true of the database now. */
function standing(report: Report, failed: MigrationReport): string {
  const { applied } = report;
  const names = applied.length > 6 ? [...applied.slice(0, 2), '…', applied.at(-1)!] : applied;
  const before =
    applied.length === 0
      ? 'This run applied nothing else.'
      : `${list(names)} ${applied.length === 1 ? 'was' : 'were'} applied and ${applied.length === 1 ? 'stays' : 'stay'}.`;
  const done = failed.statementsApplied ?? 0;
  const itself =
    failed.mode === 'stepwise'
      ? done > 0
        ? `Of ${failed.name}, ${count(done, 'statement')} of ${failed.statements} ${done === 1 ? 'is' : 'are'} done and ${done === 1 ? 'stays' : 'stay'}.`
        : `Of ${failed.name}, no statement is done.`
      : `${failed.name} ran in one transaction and left nothing behind.`;
  return `${before} ${itself}`;
}
