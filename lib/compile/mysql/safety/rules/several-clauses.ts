import type { Action } from '../action.ts';
import { costOf, costOfStatement } from '../cost.ts';
import { isDearer, type Level } from '../cost-level.ts';
import { isRefused, tableOf } from '../found-cost.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { alterTable, INSTANT, ONLINE } from '../write.ts';

const DOES: Readonly<Record<Level, string>> = {
  instant: 'changes at once',
  inplace: 'changes while writes go on',
  rebuild: 'is rebuilt',
  shared: 'lets writes wait',
  copy: 'is copied while writes wait',
};

export const severalClauses: Rule = {
  id: 'several-clauses',
  engine: 'mysql',
  severity: 'caution',
  title: 'Clauses of different cost stand in one ALTER TABLE',
  why: 'The dearest decides for all. ADD COLUMN and ADD INDEX alone are INSTANT and built beside writes; in one statement the table is rebuilt.',
  safeWay: 'A statement each, with what it may cost: ALGORITHM=INSTANT, or ALGORITHM=INPLACE, LOCK=NONE.',
  find(action, context) {
    const { statement } = context;
    const table = tableOf(action);
    // One finding a statement: at its first clause.
    if (action !== statement[0] || table === undefined || !context.migration.isFilled(table)) return undefined;
    const level = costOfStatement(context);
    if (level === undefined || !isDearer(level, 'inplace') || isRefused(level, action)) return undefined;
    // What the server does with a column of unknown type is not known: `changing-column-type` says so.
    if (statement.some(one => costOf(one, context)?.isKnown === false)) return undefined;
    const own = clausesOf(context);
    const cheap = own.filter(one => isWorthItsOwn(one.action) && !isDearer(one.level, 'inplace'));
    const isDearerTogether = own.every(one => isDearer(level, one.level));
    if (cheap.length === 0 || (cheap.length === own.length && !isDearerTogether)) return undefined;
    const [first] = cheap;
    const message = `${table} ${DOES[level]} for all clauses; alone ${first!.action.sql} ${first!.level === 'instant' ? 'is INSTANT' : 'lets writes go on'}`;
    return { subject: table, message, safeWay: split(own) };
  },
};

interface Own {
  readonly action: Action;
  readonly level: Level;
}

function clausesOf(context: RuleContext): Own[] {
  return context.statement.flatMap(action => {
    const own = costOf(action, context);
    return own && action.sql !== '' ? [{ action, level: own.level }] : [];
  });
}

/** What takes a key away, or gives another name, gains nothing by a statement of its own. */
function isWorthItsOwn({ do: what }: Action): boolean {
  return /^(add-column|drop-column|change-column|add-index|add-constraint)$/.test(what);
}

/**
 * The same clauses in statements by their cost: indexes that are dropped, what is INSTANT, what lets writes go on, all others. In this order
 * a column is there before its index is made, and its index gone before the column.
 */
function split(own: readonly Own[]): string[] {
  const of = (holds: (one: Own) => boolean) => {
    const clauses = own.filter(holds).map(({ action }) => action.sql);
    return [...new Set(clauses)].join(', ');
  };
  const isDrop = ({ action }: Own) => action.do === 'drop-index';
  const groups = [
    { clauses: of(isDrop), request: ONLINE },
    { clauses: of(one => one.level === 'instant'), request: INSTANT },
    { clauses: of(one => one.level === 'inplace' && !isDrop(one)), request: ONLINE },
    { clauses: of(one => isDearer(one.level, 'inplace')), request: undefined },
  ] as const;
  return groups.flatMap(({ clauses, request }) =>
    clauses === '' ? [] : [alterTable(own[0]!.action, clauses, request)],
  );
}
