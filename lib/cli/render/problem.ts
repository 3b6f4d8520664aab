import { type Problem, sentence, where } from '../../core/errors.ts';
import { excerpt } from './excerpt.ts';
import type { Screen } from './screen.ts';
import { printable, wrap } from './text.ts';

/** `file:line:column: what. What to do.`, then the line itself with a caret. Warnings are called so. */
export function problem(problem: Problem, screen: Screen, kind: 'error' | 'warning' = 'error'): string[] {
  const { color } = screen;
  const { place } = problem;
  const label = kind === 'warning' ? 'warning: ' : '';
  const start = place ? `${where(place)}: ` : '';
  const style = kind === 'warning' ? color.yellow : color.red;
  const text = `${sentence(problem.message)} ${sentence(problem.remedy)}`;
  const [first = '', ...rest] = wrap(printable(`${start}${label}${text}`), screen.width - 2);
  const head = first.startsWith(start + label)
    ? style(start + label) + first.slice(start.length + label.length)
    : style(first);
  return [
    head,
    ...rest.map(line => `  ${line}`),
    ...(place?.text === undefined ? [] : excerpt({ ...place, text: place.text }, screen)),
  ];
}
