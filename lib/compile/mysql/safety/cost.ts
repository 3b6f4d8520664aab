import { type Action, addsPrimaryKey } from './action.ts';
import { type Cost, cost, isDearer, keepsFulltext, type Level } from './cost-level.ts';
import { addedColumn } from './cost-of-added.ts';
import { changedColumn, convertedTable } from './cost-of-change.ts';
import type { IndexDefinition } from './definition.ts';
import type { RuleContext } from './rule.ts';
import type { Table } from './schema.ts';

/** What a clause costs by itself, beside others that change that; undefined: it is no clause of an ALTER TABLE. */
export function costOf(action: Action, context: RuleContext): Cost | undefined {
  const own = ownCost(action, context);
  if (!own || !('table' in action) || action.table === null) return own;
  if (action.request.algorithm === 'copy') return cost('copy', 'algorithm');
  // A rebuild would have to make the FULLTEXT index again, and that only a copy does.
  const isRebuilt = own.level === 'rebuild' && keepsFulltext(action.table, context);
  return isRebuilt ? { ...own, level: 'copy', because: 'fulltext' } : own;
}

function ownCost(action: Action, context: RuleContext): Cost | undefined {
  const { schema, migration } = context;
  switch (action.do) {
    case 'add-column':
      return addedColumn(action, context);
    case 'drop-column':
      return droppedColumn(action, context);
    case 'change-column':
      return changedColumn(action, context);
    case 'add-index':
      return addedIndex(action, context);
    case 'drop-primary-key':
      if (keepsPrimaryKey(action.table, context)) return cost('instant');
      return context.statement.some(addsPrimaryKey) ? cost('rebuild', 'primary-key') : cost('copy', 'drop-primary-key');
    case 'add-constraint': {
      const { kind, enforced } = action.constraint;
      if (kind === 'check') return enforced ? cost('copy', 'check') : cost('instant');
      return migration.foreignKeyChecks ? cost('copy', 'foreign-key') : cost('inplace');
    }
    case 'enforce-check':
      return action.enforced ? cost('copy', 'check') : cost('instant');
    case 'set-charset':
      return action.convert ? convertedTable(action, context) : cost('inplace');
    case 'drop-constraint':
      return cost(schema.isUniqueKey(action.table, action.name) ? 'inplace' : 'instant');
    case 'drop-index':
      return cost('inplace');
    case 'rename':
      return cost(action.kind === 'index' ? 'inplace' : 'instant');
    case 'table-option':
      return tableOption(action, context);
    case 'partition':
      return partitioned(action);
    case 'alter-table':
      return cost(action.how);
    default:
      return undefined;
  }
}

function droppedColumn({ table, column }: Action & { do: 'drop-column' }, context: RuleContext): Cost {
  const { schema } = context;
  if (schema.column(table, column)?.generated === 'virtual') return cost('instant');
  if (keepsFulltext(table, context)) return cost('copy', 'fulltext');
  return schema.isIndexed(table, column) ? cost('rebuild', 'indexed-column') : cost('instant');
}

/** The statement drops the primary key and adds the same one. */
function keepsPrimaryKey(table: string, { schema, statement }: RuleContext): boolean {
  const old = schema.tables.get(table)?.indexes.get('primary')?.columns.join();
  const isSame = ({ kind, columns }: IndexDefinition) => kind === 'primary' && columns.join().toLowerCase() === old;
  return (
    statement.some(({ do: what }) => what === 'drop-primary-key') &&
    statement.some(action => action.do === 'add-index' && isSame(action.index))
  );
}

function addedIndex({ table, index }: Action & { do: 'add-index' }, context: RuleContext): Cost {
  const { schema, statement } = context;
  const { kind, columns, expression } = index;
  if (kind === 'primary') return keepsPrimaryKey(table, context) ? cost('instant') : cost('rebuild', 'primary-key');
  // The server builds one FULLTEXT index at a time.
  const isFulltext = (action: Action) => action.do === 'add-index' && action.index.kind === 'fulltext';
  if (kind === 'fulltext' && statement.filter(isFulltext).length > 1) return cost('copy', 'index');
  if (kind === 'fulltext' || kind === 'spatial') return cost('shared', 'index');
  const lowered = columns.map(name => name.toLowerCase());
  const isOnNewVirtual = statement.some(
    other => other.do === 'add-column' && other.column.generated && lowered.includes(other.column.name.toLowerCase()),
  );
  // An expression is a hidden VIRTUAL column.
  if (isOnNewVirtual || expression !== null) return cost(kind === 'unique' ? 'copy' : 'shared', 'index');
  return kind === 'unique' && becomesKey(schema.tables.get(table), lowered)
    ? cost('rebuild', 'primary-key')
    : cost('inplace');
}

/** Rows of a table without a primary key are stored by its first unique index whose columns are NOT NULL. */
function becomesKey(table: Table | undefined, columns: readonly string[]): boolean {
  if (!table?.isComplete || table.indexes.has('primary')) return false;
  const isKey = (own: readonly string[]) => own.every(name => table.columns.get(name)?.notNull === true);
  const has = [...table.indexes.values()].some(one => one.kind === 'unique' && isKey(one.columns));
  return !has && isKey(columns);
}

function tableOption({ table, option, value }: Action & { do: 'table-option' }, { schema }: RuleContext): Cost {
  if (option === 'order by') return cost('copy', 'order');
  if (option !== 'engine') return cost('rebuild', 'option');
  const isSame = value === (schema.tables.get(table)?.engine ?? 'innodb');
  return isSame && value === 'innodb' ? cost('rebuild', 'option') : cost('copy', 'engine');
}

function partitioned({ how, hasValues }: Action & { do: 'partition' }): Cost {
  if (how === 'by' || how === 'remove') return cost('copy', 'partition');
  if (how === 'truncate' || how === 'exchange') return cost('instant');
  // Of a RANGE or LIST only the new or the dropped partition is touched.
  if (how === 'drop' || (how === 'add' && hasValues)) return cost('inplace');
  return cost('shared', 'partition');
}

/**
 * What the whole statement costs: as much as its dearest clause, or more, for a column that alone is added or dropped at once costs a
 * rebuild beside a clause that is not instant, and a VIRTUAL one a copy beside one that is not about an index.
 */
export function costOfStatement(context: RuleContext): Level | undefined {
  const { statement } = context;
  const costs = statement.flatMap(action => costOf(action, context) ?? []);
  if (costs.length === 0) return undefined;
  const dearest = costs.reduce((most, { level }) => (isDearer(level, most) ? level : most), 'instant' as Level);
  if (dearest !== 'inplace' && dearest !== 'rebuild') return dearest;
  const moved = statement.flatMap(action => columnMoved(action, context) ?? []);
  const isAboutIndexes = statement.every(
    action => /column$|index$/.test(action.do) && (action.do !== 'change-column' || isInstant(action, context)),
  );
  if (moved.includes('virtual') && (moved.includes('stored') || !isAboutIndexes)) return 'copy';
  return moved.includes('stored') ? 'rebuild' : dearest;
}

function isInstant(action: Action, context: RuleContext): boolean {
  return costOf(action, context)?.level === 'instant';
}

/** Whether the clause adds or drops a column that is kept in the rows, or one that is not; undefined: neither. */
export function columnMoved(action: Action, { schema }: RuleContext): 'stored' | 'virtual' | undefined {
  if (action.do === 'add-column') return action.column.generated === 'virtual' ? 'virtual' : 'stored';
  if (action.do !== 'drop-column') return undefined;
  return schema.column(action.table, action.column)?.generated === 'virtual' ? 'virtual' : 'stored';
}
