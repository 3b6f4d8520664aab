import type { Action } from './actions.ts';
import type { SchemaModel } from './schema.ts';

/** Locks that block writes, the weakest first; ACCESS EXCLUSIVE blocks reads too. */
export const LockMode = { SHARE: 1, 'SHARE ROW EXCLUSIVE': 2, 'ACCESS EXCLUSIVE': 3 } as const;
export type LockMode = (typeof LockMode)[keyof typeof LockMode];

export function lockName(mode: LockMode): string {
  return Object.keys(LockMode)[mode - 1]!;
}

export interface TableLock {
  readonly table: string;
  readonly mode: LockMode;
}

/** Subcommands of ALTER TABLE that take SHARE UPDATE EXCLUSIVE at most. */
const LIGHT = new Set([
  'AT_SetStatistics',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_ClusterOn',
  'AT_DropCluster',
  'AT_SetOptions',
  'AT_ResetOptions',
]);

/** The locks of SHARE and above that an action takes on tables. */
export function locksOf(action: Action, schema: SchemaModel): TableLock[] {
  const exclusive = (table: string): TableLock[] => [{ table, mode: LockMode['ACCESS EXCLUSIVE'] }];
  const shareRow = (table: string): TableLock[] => [{ table, mode: LockMode['SHARE ROW EXCLUSIVE'] }];
  switch (action.do) {
    case 'create-index':
      return action.concurrent || schema.views.has(action.table) ? [] : [{ table: action.table, mode: LockMode.SHARE }];
    case 'reindex':
      return action.concurrent ? [] : [{ table: action.table, mode: LockMode.SHARE }];
    case 'create-table': {
      const all = [...action.constraints, ...action.columns.flatMap(column => column.constraints)];
      const referred = all.flatMap(({ references }) => (references === null ? [] : shareRow(references)));
      return action.partitionOf === null ? referred : [...exclusive(action.partitionOf), ...referred];
    }
    case 'add-constraint': {
      const { kind, references } = action.constraint;
      if (kind === 'foreign') return [...shareRow(action.table), ...shareRow(references ?? '')];
      return exclusive(action.table);
    }
    case 'add-column': {
      const referred = action.column.constraints.flatMap(({ references }) => (references ? shareRow(references) : []));
      return [...exclusive(action.table), ...referred];
    }
    case 'alter-table':
      return LIGHT.has(action.subtype) ? [] : exclusive(action.table);
    case 'detach-partition':
      return action.concurrent ? [] : exclusive(action.table);
    case 'drop-constraint':
    case 'set-not-null':
    case 'drop-not-null':
    case 'change-type':
    case 'drop-column':
    case 'rewrite-table':
    case 'truncate':
    case 'cluster':
      return exclusive(action.table);
    case 'trigger':
      return shareRow(action.table);
    case 'lock-table':
      return action.mode >= SHARE_MODE
        ? [{ table: action.table, mode: action.mode >= 8 ? 3 : action.mode >= 6 ? 2 : 1 }]
        : [];
    case 'rename':
      return action.table !== null && action.kind !== 'constraint' ? exclusive(action.table) : [];
    case 'drop':
      if (action.kind === 'table') return exclusive(action.name);
      if (action.kind === 'index' && !action.concurrent) return exclusive(schema.indexes.get(action.name)?.table ?? '');
      return action.table === null ? [] : exclusive(action.table);
    default:
      return [];
  }
}

/** `ShareLock` of PostgreSQL's lock levels, as the tree of LOCK TABLE numbers them. */
export const SHARE_MODE = 5;
