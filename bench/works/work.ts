import type { Contestant } from '../contestants/index.ts';
import type { Service } from '../service/index.ts';

/** What a work is given. */
export interface Bench {
  readonly service: Service;
  readonly contestants: readonly Contestant[];
  /** How often each figure is taken, at most. */
  readonly rounds: number;
  /** Milliseconds that every call takes longer. */
  readonly latency: number;
  /** Tell what is being done. */
  readonly say: (line: string) => void;
}

/** A target of the issue, and what was measured. */
export interface Check {
  readonly what: string;
  readonly limit: string;
  readonly measured: string;
  readonly holds: boolean;
}

/** What a work found out: one table. */
export interface Section {
  readonly title: string;
  readonly note?: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly checks: readonly Check[];
}

export interface Work {
  /** For `--only`. */
  readonly name: string;
  run(bench: Bench): Promise<Section[]>;
}

export function atMost(what: string, measured: number, limit: number, show: (value: number) => string): Check {
  return { what, limit: `at most ${show(limit)}`, measured: show(measured), holds: measured <= limit };
}

export function atLeast(what: string, measured: number, limit: number, show: (value: number) => string): Check {
  return { what, limit: `at least ${show(limit)}`, measured: show(measured), holds: measured >= limit };
}

/** A work that cannot be done here, with the reason. */
export function absent(title: string, why: string): Section {
  return { title, columns: [''], rows: [[`Not run: ${why}`]], checks: [] };
}
