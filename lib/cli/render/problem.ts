import { type Problem, sentence, where } from '../../core/errors.ts';
import { count } from './count.ts';
import { excerpt } from './excerpt.ts';
import type { Screen } from './screen.ts';
import { printable, wrap } from './text.ts';

/** Problems, an empty line after each. Of those that differ in nothing but their place the first stands for all, with their number. */
export function problems(all: readonly Problem[], screen: Screen, kind: 'error' | 'warning' = 'error'): string[] {
  const equal = new Map<string, Problem[]>();
  for (const each of all) {
    const key = JSON.stringify([each.code, each.message, each.remedy]);
    equal.set(key, [...(equal.get(key) ?? []), each]);
  }
  return [...equal.values()].flatMap(([first, ...more]) => [
    ...problem(first!, screen, kind),
    ...(more.length === 0 ? [] : wrap(`  ${screen.color.dim(alike(more))}`, screen.width)),
    '',
  ]);
}

/** Places that are named of those that are alike. */
const NAMED = 3;

function alike(problems: readonly Problem[]): string {
  const places = problems.flatMap(({ place }) => (place ? [where(place)] : []));
  const named = places.slice(0, NAMED).join(', ');
  const at = places.length === 0 ? '' : ` (${named}${places.length > NAMED ? ', …' : ''})`;
  return `and ${count(problems.length, 'time')} more${printable(at)}`;
}

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
