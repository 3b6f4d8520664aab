import type { Action } from './action.ts';
import { type Cost, cost, keepsFulltext } from './cost-level.ts';
import type { RuleContext } from './rule.ts';

/** What ADD COLUMN costs. */
export function addedColumn({ table, column }: Action & { do: 'add-column' }, context: RuleContext): Cost {
  const { check, references, generated, defaultExpression, autoIncrement, primary, unique, after } = column;
  if (check?.enforced) return cost('copy', 'check');
  if (references !== null && context.migration.foreignKeyChecks) return cost('copy', 'foreign-key');
  if (generated === 'stored') return cost('copy', 'stored');
  if (defaultExpression !== null) return cost('copy', 'default-expression');
  if (generated === 'virtual') {
    if (after !== null && !isLast(table, after, context)) return cost('copy', 'virtual-position');
    return unique ? cost('copy', 'virtual-with-index') : cost('instant');
  }
  if (keepsFulltext(table, context)) return cost('copy', 'fulltext');
  if (autoIncrement) return cost('shared', 'auto-increment');
  if (primary) return cost('rebuild', 'primary-key');
  return unique || references !== null ? cost('rebuild', 'column-with-index') : cost('instant');
}

function isLast(table: string, after: string, { schema }: RuleContext): boolean {
  const { columns, isComplete } = schema.tables.get(table) ?? {};
  return isComplete === true && [...(columns?.keys() ?? [])].at(-1) === after.toLowerCase();
}
