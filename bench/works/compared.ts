import { OTHERS } from '../contestants/index.ts';
import type { Lap } from '../race.ts';
import { count, median, megabytes, pairedRatio, spread, time, times } from '../report/numbers.ts';
import { atLeast, atMost, type Check, type Section } from './work.ts';

export const OURS = 'aurora-migrations';
export const HOOK = 'aurora-migrations-hook';
const FLOOR = 'floor';

/** Those whose times are held to targets. */
export const HELD = [OURS, HOOK, FLOOR];

const RATIOS = ['to ours', 'to the best other', 'to the floor'];

/** The laps of a race as a table, with ratios to this project, to the best of the others and to the floor. */
export function compared(
  title: string,
  laps: readonly Lap[],
  { latency, checks = [], note }: { latency: number; checks?: readonly Check[]; note?: string },
): Section {
  const other = bestOther(laps);
  const rows = laps.map(lap => row(lap, laps, latency));
  const best = other && `The best of the others: ${other.contestant}.`;
  const notes = [note, best].filter(Boolean).join(' ');
  const columns = ['', 'calls', 'time, median', 'spread', 'latency of them', 'the rest, a call', ...RATIOS];
  const apart = laps.some(({ peaks }) => peaks.length > 0);
  return {
    title,
    ...(notes && { note: notes }),
    columns: [...columns, ...(apart ? ['peak memory'] : [])],
    rows,
    checks,
  };
}

function row({ contestant, calls, ms, peaks, error, differs }: Lap, laps: readonly Lap[], latency: number): string[] {
  if (error !== undefined) return [contestant, error];
  const runs = `${spread(ms)}, ${ms.length} run${ms.length === 1 ? '' : 's'}`;
  const name = differs ? `${contestant} (left something else behind)` : contestant;
  const middle = median(ms);
  const rest = (middle - calls * latency) / calls;
  const bases = [finished(laps, OURS), bestOther(laps), finished(laps, FLOOR)];
  const ratios = bases.map(base => (base ? times(pairedRatio(ms, base.ms)) : ''));
  const memory = peaks.length > 0 ? [megabytes(median(peaks))] : [];
  return [name, count(calls), time(middle), runs, time(calls * latency), time(rest), ...ratios, ...memory];
}

/** The lap of one; undefined where it could not. */
function finished(laps: readonly Lap[], name: string): Lap | undefined {
  return laps.find(({ contestant, error }) => contestant === name && error === undefined);
}

/** That one needed so many calls at most; none where it does not take part. */
export function callChecks(title: string, laps: readonly Lap[], name: string, limit: number): Check[] {
  if (!laps.some(({ contestant }) => contestant === name)) return [];
  return [atMost(`${title}, ${name}: calls`, finished(laps, name)?.calls ?? Number.NaN, limit, count)];
}

/** The quickest of the other tools. */
function bestOther(laps: readonly Lap[]): Lap | undefined {
  const others = OTHERS.flatMap(name => finished(laps, name) ?? []);
  return others.sort((a, b) => median(a.ms) - median(b.ms))[0];
}

/** Others are at least four times slower. */
export function fasterThanOthers(title: string, laps: readonly Lap[], name: string): Check[] {
  const [own, other] = [finished(laps, name), bestOther(laps)];
  if (!own || !other) return [];
  const what = `${title}, ${name}: times faster than ${other.contestant}, the best other`;
  return [atLeast(what, pairedRatio(other.ms, own.ms), 4, times)];
}

/** The floor is not far. */
export function nearTheFloor(title: string, laps: readonly Lap[], name: string): Check[] {
  const [own, floor] = [finished(laps, name), finished(laps, FLOOR)];
  if (!own || !floor) return [];
  return [atMost(`${title}, ${name}: time to the floor`, pairedRatio(own.ms, floor.ms), 1.15, times)];
}
