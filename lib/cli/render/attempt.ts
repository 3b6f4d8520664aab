import type { Attempt } from '../../runner/index.ts';
import { attemptError, LOOK } from './history.ts';
import type { Screen } from './screen.ts';
import { fit, oneLine, width } from './text.ts';
import { duration, stamp } from './time.ts';

const NAME = 32;
/** Columns of a line up to who asked for it. */
const TAKEN = 19 + 2 + 2 + NAME + 2 + 9 + 2 + 9 + 2;

/** One attempt as a line of a log that grows: with the time itself, for "just now" does not stay true. */
export function attemptLines(attempt: Attempt, screen: Screen): string[] {
  const { color } = screen;
  const [sign, shade] = LOOK[attempt.status];
  const { executionTimeMs: ms, statementsApplied: done, statements, status } = attempt;
  const name = fit(oneLine(attempt.name), NAME);
  const took = ms === null ? '' : duration(ms);
  const how = status === 'running' && done && statements ? `${done} of ${statements}` : took;
  const number = attempt.attempt > 1 ? `attempt ${attempt.attempt}` : '';
  const rest = [number, oneLine(attempt.requestedBy ?? '')].filter(Boolean).join('  ');
  const padded = name + ' '.repeat(NAME - width(name));
  const line = [
    color.dim(stamp(attempt.finishedAt ?? attempt.startedAt)),
    `${color[shade](sign)} ${padded}`,
    color[shade](status.padEnd(9)),
    how.padStart(9),
  ].join('  ');
  const room = screen.width - TAKEN;
  const end = rest === '' || room < 12 ? '' : `  ${color.dim(fit(rest, room))}`;
  return [`${line}${end}`, ...attemptError(attempt, screen)];
}
