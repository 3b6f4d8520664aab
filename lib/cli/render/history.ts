import { isSqlState, sentence } from '../../core/errors.ts';
import type { Attempt } from '../../runner/index.ts';
import { labelled } from './failure.ts';
import type { Colors, Screen } from './screen.ts';
import { type Cell, table } from './table.ts';
import { oneLine } from './text.ts';
import { ago, duration, stamp } from './time.ts';

/** Attempts as they come, newest first, the error of a failed one under it. */
export function history(
  attempts: readonly Attempt[],
  screen: Screen,
  { now, verbose }: { now: Date; verbose: boolean },
): string[] {
  if (attempts.length === 0) return ['No attempts'];
  const [title = '', ...rows] = table(
    [
      { title: '' },
      { title: verbose ? 'started (UTC)' : 'started' },
      { title: 'migration', least: 24 },
      { title: 'attempt', align: 'right' },
      { title: 'status' },
      { title: 'took', align: 'right', dispensable: 2 },
      { title: 'by', least: 12, dispensable: 3 },
      ...(verbose
        ? [
            { title: 'run', dispensable: 4 },
            { title: 'checksum', dispensable: 5 },
          ]
        : []),
    ],
    attempts.map(attempt => cells(attempt, screen.color, now, verbose)),
    screen.width,
    screen.color.dim,
  );
  return [title, ...rows.flatMap((row, at) => [row, ...attemptError(attempts[at]!, screen)])];
}

/** How the status of an attempt looks. */
export const LOOK: Readonly<
  Record<Attempt['status'], readonly [sign: string, color: 'green' | 'red' | 'yellow' | 'cyan']>
> = {
  applied: ['✓', 'green'],
  failed: ['✗', 'red'],
  running: ['…', 'cyan'],
  reverted: ['↩', 'yellow'],
  baselined: ['✓', 'cyan'],
  replaced: ['✓', 'cyan'],
};

function cells(attempt: Attempt, color: Colors, now: Date, verbose: boolean): Cell[] {
  const [sign, shade] = LOOK[attempt.status];
  const { executionTimeMs: ms } = attempt;
  return [
    { text: sign, style: color[shade] },
    { text: verbose ? stamp(attempt.startedAt) : ago(attempt.startedAt, now) },
    { text: oneLine(attempt.name) },
    { text: String(attempt.attempt) },
    { text: statusOf(attempt), style: color[shade] },
    { text: ms === null ? '' : duration(ms) },
    { text: oneLine(attempt.requestedBy ?? ''), style: color.dim },
    ...(verbose ? [{ text: attempt.runId ?? '' }, { text: attempt.checksum.slice(0, 12) }] : []),
  ];
}

/** With the name that was joined, where one was. */
function statusOf({ status, otherName }: Attempt): string {
  if (otherName === null) return status;
  return status === 'replaced'
    ? `contained in ${oneLine(otherName)}`
    : `recorded as a new name of ${oneLine(otherName)}`;
}

/** Why an attempt failed, in full; nothing where it did not. */
export function attemptError(attempt: Attempt, screen: Screen): string[] {
  if (attempt.errorMessage === null) return [];
  const { red, dim, cyan } = screen.color;
  const place = [
    attempt.errorStatement !== null && `statement ${attempt.errorStatement}`,
    attempt.errorLine !== null && `line ${attempt.errorLine}`,
  ].filter(Boolean);
  return [
    ...labelled(isSqlState(attempt.errorCode) ? attempt.errorCode : 'Error', attempt.errorMessage, screen, red),
    ...(!attempt.errorDetail ? [] : labelled('Detail', attempt.errorDetail, screen, dim)),
    ...(!attempt.errorHint ? [] : labelled('Hint', attempt.errorHint, screen, cyan)),
    ...(place.length > 0 ? labelled('At', place.join(', '), screen, dim) : []),
    ...(attempt.remedy === null ? [] : labelled('Next', sentence(attempt.remedy), screen, dim)),
  ];
}
