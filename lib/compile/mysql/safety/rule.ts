import type { RuleContext as AnyContext, Rule as AnyRule } from '../../judge/rule.ts';
import type { Action } from './action.ts';
import type { MigrationState } from './migration-state.ts';
import type { SchemaModel } from './schema.ts';

export type { Found } from '../../judge/rule.ts';

/** A safety rule for MySQL. */
export type Rule = AnyRule<Action, RuleContext> & { readonly engine: 'mysql' };

export type RuleContext = AnyContext<Action, SchemaModel, MigrationState>;
