import type { SafetyRule, Severity } from '../../core/safety.ts';

/** A safety rule of an engine: what it says, and how it finds it in one action, before the schema takes the action over. */
export interface Rule<Action, Context> extends SafetyRule {
  find(action: Action, context: Context): Found | undefined;
}

export interface Found {
  readonly subject: string;
  /** One sentence without a full stop. */
  readonly message: string;
  /** @default the rule's own */
  readonly severity?: Severity;
  /** A function where statements are written from a tree, which takes longer than to judge them: most findings are only counted. @default none */
  readonly safeWay?: readonly string[] | (() => readonly string[]);
}

/** Where the statement at hand stands. */
export interface StatementPlace {
  readonly line: number;
  /** Counted from 1. */
  readonly number: number;
}

/** What a rule may ask: `Schema` is what earlier statements have made, `State` what this migration has done so far. */
export interface RuleContext<Action, Schema, State> {
  readonly schema: Schema;
  readonly migration: State;
  readonly place: StatementPlace;
  /** All actions of the statement at hand. */
  readonly statement: readonly Action[];
}
