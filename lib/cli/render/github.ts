import { type Place, type Problem, sentence } from '../../core/errors.ts';
import type { Finding, Severity } from '../../core/safety.ts';
import type { Check } from './check.ts';

type Level = 'error' | 'warning' | 'notice';
const LEVELS: Readonly<Record<Severity, Level>> = { danger: 'error', caution: 'warning', note: 'notice' };

/** Annotations of GitHub Actions, as its documentation on workflow commands writes them; then one line that counts. */
export function githubAnnotations({ errors, warnings, findings }: Check): string[] {
  const ofProblem = (level: Level, { code, message, remedy, place }: Problem) =>
    annotation(level, code, `${sentence(message)} ${sentence(remedy)}`, place);
  const ofFinding = ({ severity, rule, message, safeWay, place }: Finding) =>
    annotation(LEVELS[severity], rule, [sentence(message), ...safeWay].join('\n'), place);
  return [
    ...errors.map(each => ofProblem('error', each)),
    ...warnings.map(each => ofProblem('warning', each)),
    ...findings.map(ofFinding),
    `${errors.length} errors, ${warnings.length} warnings, ${findings.length} findings`,
  ];
}

function annotation(level: Level, title: string, text: string, place: Place | undefined): string {
  const at = place
    ? [`file=${property(place.file)}`, `line=${place.line}`, ...(place.column ? [`col=${place.column}`] : [])]
    : [];
  return `::${level} ${[...at, `title=${property(title)}`].join(',')}::${data(text)}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
