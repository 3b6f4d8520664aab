import type { BaselineReport } from '../../runner/index.ts';
import { problems } from './plan.ts';
import type { Screen } from './screen.ts';
import { calls } from './state.ts';
import { oneLine } from './text.ts';

/** The end of `baseline`. */
export function adopted({ outcome, baselined, problems: stopping, dataApiCalls }: BaselineReport, screen: Screen) {
  const { color } = screen;
  const verdict = {
    baselined: color.green(`${baselined.length} taken over, none executed`),
    'nothing-to-do': color.green('Nothing to do: all of it is applied already'),
    stopped: color.red('Stopped: nothing was written down'),
  }[outcome];
  return [
    ...baselined.map(name => `${color.cyan('✓')} ${oneLine(name)}`),
    ...problems(stopping, screen),
    `${verdict} ${color.dim(calls(dataApiCalls))}`,
  ];
}
