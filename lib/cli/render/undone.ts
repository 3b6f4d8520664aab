import { sentence } from '../../core/errors.ts';
import type { RevertReport } from '../../runner/index.ts';
import { count } from './count.ts';
import { failure, labelled } from './failure.ts';
import { problems } from './plan.ts';
import type { Screen } from './screen.ts';
import { calls } from './state.ts';
import { total } from './time.ts';

/** The end of `down`: what failed or stopped it, what is true now, and one line in words. */
export function undone(report: RevertReport, screen: Screen): string[] {
  const { failure: failed, steps } = report;
  const statements = steps.find(({ migration }) => migration === failed?.migration)?.statements ?? null;
  return [
    ...(failed
      ? [
          '',
          ...failure(failed, { name: failed.migration, statements, what: 'could not be undone' }, screen),
          '',
          ...labelled('Next', sentence(failed.remedy), screen, screen.color.bold),
          '',
        ]
      : []),
    ...problems(report.problems, screen),
    `${summary(report, screen)} ${screen.color.dim(calls(report.dataApiCalls))}`,
  ];
}

function summary({ outcome, reverted, steps, executionTimeMs }: RevertReport, { color }: Screen): string {
  const inTime = `in ${total(executionTimeMs)}`;
  const left = steps.length - reverted.length;
  const so = `${reverted.length === 0 ? 'nothing was undone' : `${reverted.length} undone`}${left > 0 ? `, ${left} not` : ''}`;
  switch (outcome) {
    case 'nothing-to-do':
      return color.green('Nothing to undo');
    case 'planned':
      return `"down" would undo ${color.bold(String(steps.length))}, ${count(
        steps.reduce((sum, step) => sum + step.statements, 0),
        'statement',
      )}`;
    case 'reverted':
      return `${color.green(`${reverted.length} undone`)} ${inTime}`;
    case 'failed':
      return `${color.red('Failed')} ${inTime}: ${so}`;
    case 'stopped':
      return `${color.red('Stopped')} ${inTime}: ${so}`;
  }
}
