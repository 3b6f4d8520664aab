import type { Engine, Probe } from '../step.ts';
import { DISPUTED } from './disputed.ts';
import { LIMITS } from './limits.ts';
import { PAUSED } from './pause.ts';
import { POOL } from './pool.ts';
import { SCANNER } from './scanner.ts';
import { TEXTS } from './texts.ts';
import { TIMEOUTS } from './timeouts.ts';
import { TRANSACTIONS } from './transactions.ts';

export const PROBES: readonly Probe[] = [
  ...TIMEOUTS,
  ...TEXTS,
  ...TRANSACTIONS,
  ...SCANNER,
  ...LIMITS,
  ...DISPUTED,
  ...POOL,
  ...PAUSED,
];

/** What is asked for beyond the probes that always run. */
export type Asked = { readonly [only in NonNullable<Probe['only']>]?: boolean };

/** The probes of an engine, by number. */
export function probesOf(engine: Engine, asked: Asked): Probe[] {
  return PROBES.filter(({ engines, only }) => engines.includes(engine) && (!only || asked[only])).sort(
    (a, b) => a.number - b.number,
  );
}
