import type { RuleContext } from './rule.ts';

/**
 * What the server does for a clause, the cheapest first: changes what it keeps beside the table (INSTANT); works while writes go on
 * (INPLACE, LOCK=NONE), the table rebuilt or not; works while writes wait (INPLACE, LOCK=SHARED); copies the table while writes wait (COPY).
 */
export const LEVELS = ['instant', 'inplace', 'rebuild', 'shared', 'copy'] as const;
export type Level = (typeof LEVELS)[number];

/** What makes a clause dear. */
export type Reason =
  | 'type'
  | 'auto-increment'
  | 'charset'
  | 'foreign-key'
  | 'check'
  | 'index'
  | 'stored'
  | 'expression'
  | 'virtual-position'
  | 'virtual-with-index'
  | 'default-expression'
  | 'drop-primary-key'
  | 'partition'
  | 'order'
  | 'engine'
  | 'fulltext'
  | 'algorithm'
  | 'null'
  | 'position'
  | 'primary-key'
  | 'indexed-column'
  | 'column-with-index'
  | 'option'
  | 'cheap';

export interface Cost {
  readonly level: Level;
  readonly because: Reason;
  /** False: the folder does not tell what the column is now; it is the worst that may be. */
  readonly isKnown: boolean;
}

export function cost(level: Level, because: Reason = 'cheap', isKnown = true): Cost {
  return { level, because, isKnown };
}

export function isDearer(one: Level, other: Level): boolean {
  return LEVELS.indexOf(one) > LEVELS.indexOf(other);
}

/** Whether a FULLTEXT index of the table is left after the statement. */
export function keepsFulltext(table: string, { schema, statement }: RuleContext): boolean {
  const dropped = statement.flatMap(action => (action.do === 'drop-index' ? [action.name.toLowerCase()] : []));
  const indexes = [...(schema.tables.get(table)?.indexes ?? [])];
  return indexes.some(([name, { kind }]) => kind === 'fulltext' && !dropped.includes(name));
}
