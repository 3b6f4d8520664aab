import { sentence, where } from '../../core/errors.ts';
import type { Finding } from '../../core/safety.ts';
import { excerpt } from './excerpt.ts';
import type { Screen } from './screen.ts';
import { printable, wrap } from './text.ts';

/** `file:line:column: danger: what. [rule]`, the line with a caret, then the safe statements. */
export function finding({ place, severity, message, rule, safeWay }: Finding, screen: Screen): string[] {
  const { color } = screen;
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
