import type { SafetyRule, Severity } from '../../../core/safety.ts';
import type { Action } from './actions.ts';
import type { MigrationState, StatementPlace } from './migration-state.ts';
import type { SchemaModel } from './schema.ts';

/** A safety rule for PostgreSQL: what it says, and how it finds it in one action, before the schema takes the action over. */
export interface Rule extends SafetyRule {
  readonly engine: 'postgresql';
  find(action: Action, context: RuleContext): Found | undefined;
}

export interface RuleContext {
  readonly schema: SchemaModel;
  readonly migration: MigrationState;
  readonly place: StatementPlace;
}

export interface Found {
  readonly subject: string;
  /** One sentence without a full stop. */
  readonly message: string;
  /** @default the rule's own */
  readonly severity?: Severity;
  /** @default none */
  readonly safeWay?: readonly string[];
}
