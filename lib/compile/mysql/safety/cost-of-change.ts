import type { Action } from './action.ts';
import { bytesOf, type Charset, charsetOf } from './charset.ts';
import { type Cost, cost, type Level } from './cost-level.ts';
import type { RuleContext } from './rule.ts';
import type { Column, SchemaModel } from './schema.ts';
import { isText, isWiderInPlace } from './types.ts';

/** What MODIFY and CHANGE cost, by what the column is now. */
export function changedColumn(action: Action & { do: 'change-column' }, context: RuleContext): Cost {
  const { table, to } = action;
  const { schema, migration } = context;
  if (to.check?.enforced) return cost('copy', 'check');
  if (to.references !== null && migration.foreignKeyChecks) return cost('copy', 'foreign-key');
  const old = schema.column(table, action.column);
  if (!old) return cost('copy', 'type', false);
  const wanted = schema.columnOf(table, { ...to, name: old.name });
  const dear = changedExpression(old, wanted) ?? changedType(old, wanted);
  if (dear) return dear;
  const charset = changedCharset(old, wanted, schema.isIndexed(table, old.name));
  if (charset?.level === 'copy') return charset;
  if (to.primary && !schema.tables.get(table)?.indexes.has('primary')) return cost('rebuild', 'primary-key');
  if (old.notNull !== wanted.notNull) return cost('rebuild', 'null');
  if (wanted.generated !== 'virtual' && isMoved(action, schema)) return cost('rebuild', 'position');
  const isWider = old.type.args.join() !== wanted.type.args.join() && /^var/.test(old.type.name);
  return cost(charset?.level === 'inplace' || to.unique || isWider ? 'inplace' : 'instant');
}

function changedExpression(old: Column, wanted: Column): Cost | undefined {
  if (old.generated === wanted.generated && plain(old.expression) === plain(wanted.expression)) return undefined;
  return cost('copy', 'expression');
}

/** The server writes an expression in its own way: white space, quotes and brackets around all of it mean nothing. */
function plain(expression: string | null): string {
  return (expression ?? '').toLowerCase().replace(/[\s`()]/g, '');
}

function changedType(old: Column, wanted: Column): Cost | undefined {
  if (old.autoIncrement !== wanted.autoIncrement) return cost('copy', 'auto-increment');
  const bytes = bytesOf(old.charset?.charset ?? 'utf8mb4');
  return isWiderInPlace(old.type, wanted.type, [bytes, bytes]) ? undefined : cost('copy', 'type');
}

/** Undefined: it stays as it is. */
function changedCharset(old: Column, wanted: Column, isIndexed: boolean): Cost | undefined {
  const [from, to] = [old.charset, wanted.charset];
  if (from?.charset === to?.charset && from?.collation === to?.collation) return undefined;
  if (!from || !to) return cost('copy', 'charset', false);
  if (isIndexed) return cost('copy', 'charset');
  // The server keeps the values of ENUM and SET beside the table.
  if (/^(enum|set)$/.test(old.type.name)) return cost('instant');
  if (from.charset === to.charset) return cost('inplace');
  return isContained(from, to) && isWiderInPlace(old.type, wanted.type, [bytesOf(from.charset), bytesOf(to.charset)])
    ? cost('inplace')
    : cost('copy', 'charset');
}

/** Whether each text of one character set has the same bytes in the other: of all pairs the server takes this one without a copy. */
function isContained(from: Charset, to: Charset): boolean {
  return from.charset === 'utf8mb3' && to.charset === 'utf8mb4';
}

/** What CONVERT TO costs: as much as its dearest column. */
export function convertedTable(
  { table: name, written }: Action & { do: 'set-charset' },
  { schema }: Pick<RuleContext, 'schema'>,
): Cost {
  const table = schema.tables.get(name);
  if (!table?.isComplete) return cost('copy', 'charset', false);
  const charset = charsetOf(written);
  const costs = [...table.columns.values()].flatMap(column => {
    if (!isText(column.type)) return [];
    // It makes of TEXT the next larger type where a character needs more bytes than before.
    const grows =
      /text$/.test(column.type.name) && bytesOf(column.charset?.charset ?? '') < bytesOf(charset?.charset ?? '');
    if (grows && column.charset) return [cost('copy', 'charset')];
    const own = changedCharset(column, { ...column, charset }, schema.isIndexed(name, column.name));
    // Of a CHAR a MODIFY is INPLACE, CONVERT TO is not.
    const isOther = column.charset && column.charset.charset !== charset?.charset;
    return column.type.name === 'char' && isOther && own?.level === 'inplace'
      ? [cost('shared', 'charset')]
      : (own ?? []);
  });
  const of = (level: Level, known: boolean) => costs.find(one => one.level === level && one.isKnown === known);
  return of('copy', true) ?? of('shared', true) ?? of('copy', false) ?? cost('inplace');
}

/** `FIRST` and `AFTER` of where the column stands already move nothing. */
function isMoved({ table, column, to }: Action & { do: 'change-column' }, schema: SchemaModel): boolean {
  if (to.after === null) return false;
  const { columns, isComplete } = schema.tables.get(table) ?? {};
  if (!isComplete) return true;
  const names = [...(columns?.keys() ?? [])];
  const before = names[names.indexOf(column.toLowerCase()) - 1] ?? '';
  return before !== to.after.toLowerCase();
}
