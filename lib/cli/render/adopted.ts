import { sentence } from '../../core/errors.ts';
import type { BaselineReport } from '../../runner/index.ts';
import { problems } from './plan.ts';
import type { Screen } from './screen.ts';
import { calls } from './state.ts';
import { oneLine } from './text.ts';

/** The end of `baseline`. */
export function adopted(report: BaselineReport, screen: Screen) {
  const { outcome, baselined, problems: stopping, notes = [], dataApiCalls } = report;
  const { color } = screen;
  const verdict = {
    baselined: color.green(`${baselined.length} taken over, none executed`),
    'nothing-to-do': color.green(report.notes ? 'Nothing to record' : 'Nothing to do: all of it is applied already'),
    stopped: color.red('Stopped: nothing was recorded'),
  }[outcome];
  return [
    ...baselined.map(name => `${color.cyan('✓')} ${oneLine(name)}`),
    ...problems(stopping, screen),
    ...notes.map(note => color.dim(sentence(oneLine(note)))),
    `${verdict} ${color.dim(calls(dataApiCalls))}`,
  ];
}
