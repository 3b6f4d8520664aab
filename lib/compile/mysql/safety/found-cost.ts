import type { Action } from './action.ts';
import { costOf } from './cost.ts';
import type { Cost, Level, Reason } from './cost-level.ts';
import type { RuleContext } from './rule.ts';

export interface FoundCost extends Cost {
  readonly table: string;
}

/**
 * What a clause costs where the table may hold rows and one of these reasons makes it dear; undefined also where the statement itself asks
 * the server to refuse rather than to do that.
 */
export function foundCost(action: Action, context: RuleContext, reasons: readonly Reason[]): FoundCost | undefined {
  const table = tableOf(action);
  if (table === undefined || !context.migration.isFilled(table)) return undefined;
  const own = costOf(action, context);
  if (!own || !reasons.includes(own.because) || isRefused(own.level, action)) return undefined;
  return { ...own, table };
}

/** The clauses of the statement that one of these reasons makes dear: one ALTER TABLE does their work once. */
export function withReasons(context: RuleContext, reasons: readonly Reason[]): Action[] {
  return context.statement.filter(action => foundCost(action, context, reasons));
}

/** The server refuses at once (errors 1845 and 1846), and nothing has changed. */
export function isRefused(level: Level, { request: { algorithm, lock } }: Action): boolean {
  return algorithm === 'instant' || lock === 'none' || (algorithm === 'inplace' && level === 'copy');
}

export function tableOf(action: Action): string | undefined {
  if (action.do === 'rename' && action.kind === 'table') return action.from;
  return 'table' in action ? (action.table ?? undefined) : undefined;
}
