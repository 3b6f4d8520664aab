import type { Action } from '../actions.ts';
import { showType } from '../columns.ts';
import { type Cost, costOf } from '../conversion.ts';
import type { Found, Rule, RuleContext } from '../rule.ts';

export const changingColumnType: Rule = {
  id: 'changing-column-type',
  engine: 'postgresql',
  severity: 'danger',
  title: 'A change of type rewrites the table',
  why: 'Most changes of type write the table and all its indexes anew under ACCESS EXCLUSIVE; a few only an index, and to widen varchar or numeric costs nothing.',
  safeWay: 'A new column, a trigger that fills both, copying in batches, then switch the code and drop the old column.',
  find(action, context) {
    if (action.do !== 'change-type' || !context.migration.isFilled(action.table)) return undefined;
    const { schema, migration } = context;
    const from = schema.column(action.table, action.column)?.type ?? null;
    const { utc } = migration;
    const { type: to, using, collation } = action;
    return describe(action, context, costOf({ from, to, using, collation, utc, domains: schema.domains }));
  },
};

function describe(action: Action & { do: 'change-type' }, { schema }: RuleContext, cost: Cost): Found | undefined {
  const { table, column, type } = action;
  const subject = `${table}.${column}`;
  const old = schema.column(table, column)?.type;
  if (cost === 'rewrite') {
    const change = old ? `${showType(old)} → ${showType(type)}` : `to ${showType(type)}`;
    const message = `${change}: ${table} and all its indexes are rewritten, reads and writes wait (ACCESS EXCLUSIVE)`;
    return { subject, message, safeWay: SAFE };
  }
  if (cost === 'unknown') {
    const message = `To ${showType(type)}: no migration of this folder tells the old type, and most changes rewrite ${table}`;
    return { subject, severity: 'caution', message, safeWay: SAFE };
  }
  const indexes = schema.indexesOn(table, column);
  if (cost === 'reindex' && indexes.length > 0) {
    const message = `Reads and writes of ${table} wait while index ${indexes.join(', ')} is built again (ACCESS EXCLUSIVE)`;
    return { subject, message, safeWay: SAFE };
  }
  const checked = schema.constraintsOn(table, column).some(({ kind }) => kind === 'check');
  if (!checked) return undefined;
  const message = `A CHECK on ${column} is checked again for all rows of ${table} (ACCESS EXCLUSIVE)`;
  return { subject, severity: 'caution', message };
}

const SAFE = ['-- a new column, a trigger that fills both, copy in batches, switch the code, drop the old column'];
