import { OTHERS } from '../contestants/index.ts';
import type { Lap } from '../race.ts';
import { count, median, spread, time, times } from '../report/numbers.ts';
import type { Check, Section } from './work.ts';

export const OURS = 'aurora-migrations';

/** The laps of a race as a table, with ratios to this project and to the floor. */
export function compared(title: string, laps: readonly Lap[], checks: readonly Check[] = [], note?: string): Section {
  const ours = took(laps, OURS);
  const lowest = took(laps, 'floor');
  const rows = laps.map(({ contestant, calls, ms, error, differs }) => {
    if (error !== undefined) return [contestant, `cannot: ${error}`, '', '', '', '', ''];
    const middle = median(ms);
    const runs = `${spread(ms)}, ${ms.length} run${ms.length === 1 ? '' : 's'}`;
    const name = differs ? `${contestant} (left something else behind)` : contestant;
    return [name, count(calls), time(middle), runs, ratio(middle, ours), ratio(middle, lowest)];
  });
  const columns = ['', 'calls', 'time, median', 'spread', 'to ours', 'to the floor'];
  return { title, ...(note !== undefined && { note }), columns, rows, checks };
}

/** Median milliseconds of one; undefined where it could not. */
export function took(laps: readonly Lap[], name: string): number | undefined {
  const lap = laps.find(({ contestant }) => contestant === name);
  return lap && lap.error === undefined ? median(lap.ms) : undefined;
}

export function callsOf(laps: readonly Lap[], name: string): number {
  return laps.find(({ contestant, error }) => contestant === name && error === undefined)?.calls ?? Number.NaN;
}

/** The quickest of the other tools. */
export function bestOther(laps: readonly Lap[]): { name: string; ms: number } | undefined {
  const others = OTHERS.flatMap(name => {
    const ms = took(laps, name);
    return ms === undefined ? [] : [{ name, ms }];
  });
  return others.sort((a, b) => a.ms - b.ms)[0];
}

function ratio(value: number, base: number | undefined): string {
  return base === undefined ? '' : times(value / base);
}
