import type { JudgedFinding } from '../../compile/index.ts';
import { sentence, where } from '../../core/errors.ts';
import { excerpt } from './excerpt.ts';
import type { Screen } from './screen.ts';
import { printable, wrap } from './text.ts';

/**
 * `file:line:column: danger: what. [rule]`, the line with a caret, then the safe statements. Of one that a comment allows the first line,
 * with the reason.
 */
export function finding(found: JudgedFinding, screen: Screen): string[] {
  const { color } = screen;
  const { place, severity, message, rule, safeWay, allowed } = found;
  if (allowed !== undefined) {
    const reason = allowed === '' ? '' : `: ${allowed}`;
    const text = `${where(place)}: allowed: ${sentence(message)} [${rule}]${reason}`;
    return wrap(printable(text), screen.width - 2).map((line, at) => color.dim(at === 0 ? line : `  ${line}`));
  }
  const start = `${where(place)}: ${severity}: `;
  const [first = '', ...rest] = wrap(printable(`${start}${sentence(message)} [${rule}]`), screen.width - 2);
  const style = severity === 'danger' ? color.red : severity === 'caution' ? color.yellow : color.dim;
  const head = first.startsWith(start) ? style(start) + first.slice(start.length) : style(first);
  return [
    head,
    ...rest.map(line => `  ${line}`),
    ...(place.text === undefined ? [] : excerpt({ ...place, text: place.text }, screen)),
    ...(safeWay.length > 0 ? ['  Safe:', ...safeWay.map(line => `    ${color.green(printable(line))}`)] : []),
  ];
}
