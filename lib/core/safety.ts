import type { Place } from './errors.ts';
import type { EngineName } from './manifest.ts';

/**
 * How bad it is on a live database. `danger`: reads or writes wait for as long as the table is large, the statement must fail, or running
 * code breaks. `caution`: data is lost, or it depends on what the folder does not show. `note`: brief, or a matter of style.
 */
export type Severity = 'danger' | 'caution' | 'note';

/** A safety rule as data: what the documents and the command line say about it. */
export interface SafetyRule {
  /** Kebab-case; an id that squawk has means the same here. */
  readonly id: string;
  readonly engine: EngineName;
  /** The usual one; a finding may have another. */
  readonly severity: Severity;
  /** One line: what is found. */
  readonly title: string;
  /** What it locks or breaks, and for how long. */
  readonly why: string;
  /** What to write instead. */
  readonly safeWay: string;
}

/** A statement that a safety rule has found. */
export interface Finding {
  /** Id of the rule. */
  readonly rule: string;
  readonly severity: Severity;
  readonly migration: string;
  readonly place: Place;
  /** What it is about: `users`, `users.email`. */
  readonly subject: string;
  /** One sentence: what this statement locks, rewrites or breaks. */
  readonly message: string;
  /** The safe statements, with the names of this one; empty where there is no other way. */
  readonly safeWay: readonly string[];
}
