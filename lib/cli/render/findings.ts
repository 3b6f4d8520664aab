import type { JudgedFinding } from '../../compile/index.ts';
import type { Severity } from '../../core/safety.ts';
import { count } from './count.ts';
import { finding } from './finding.ts';
import type { Screen } from './screen.ts';

/** Findings as paragraphs, an empty line after each. */
export function findings(all: readonly JudgedFinding[], screen: Screen): string[] {
  return all.flatMap(each => [...finding(each, screen), '']);
}

/** How many there are of each severity that nothing allows: `1 danger`, `2 cautions`. */
export function countFindings(all: readonly JudgedFinding[], { color }: Screen): string[] {
  const style: Readonly<Record<Severity, (text: string) => string>> = {
    danger: color.red,
    caution: color.yellow,
    note: text => text,
  };
  return (['danger', 'caution', 'note'] as const).flatMap(severity => {
    const own = all.filter(one => one.severity === severity && one.allowed === undefined);
    return own.length > 0 ? [style[severity](count(own.length, severity))] : [];
  });
}
