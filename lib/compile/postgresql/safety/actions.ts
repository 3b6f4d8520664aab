import type { Node } from '../parser.ts';
import { constant, isOn, lastName, nameParts, option, type Tree, walk } from '../tree.ts';
import {
  type ColumnDefinition,
  type ColumnType,
  type Constraint,
  columnOf,
  columnsIn,
  constraintOf,
  showType,
  typeOf,
} from './columns.ts';

/**
 * What a statement does to the schema, or takes of it, in parts that a rule can look at: one statement may do several things. Names are
 * without their schema. `node`: the statement with this part alone, from which a safe statement can be written.
 */
export type Action = { readonly node: Node } & (
  | CreateTable
  | { readonly do: 'create-view'; readonly name: string; readonly materialized: boolean }
  | {
      readonly do: 'create-index';
      readonly table: string;
      readonly name: string | null;
      readonly columns: readonly string[];
      readonly concurrent: boolean;
      readonly unique: boolean;
      readonly only: boolean;
    }
  | { readonly do: 'create-enum'; readonly name: string }
  | { readonly do: 'create-type'; readonly name: string }
  | { readonly do: 'create-domain'; readonly name: string; readonly base: string; readonly checked: boolean }
  | { readonly do: 'create-function'; readonly name: string; readonly volatility: string }
  | {
      readonly do: 'add-column';
      readonly table: string;
      readonly column: ColumnDefinition;
      readonly ifNotExists: boolean;
    }
  | { readonly do: 'add-constraint'; readonly table: string; readonly constraint: Constraint }
  | { readonly do: 'validate-constraint'; readonly table: string; readonly name: string }
  | { readonly do: 'drop-constraint'; readonly table: string; readonly name: string; readonly cascade: boolean }
  | { readonly do: 'set-not-null' | 'drop-not-null'; readonly table: string; readonly column: string }
  | {
      readonly do: 'change-type';
      readonly table: string;
      readonly column: string;
      readonly type: ColumnType;
      readonly using: boolean;
      readonly collation: boolean;
    }
  | { readonly do: 'drop-column'; readonly table: string; readonly column: string; readonly cascade: boolean }
  | { readonly do: 'rewrite-table'; readonly table: string; readonly what: string }
  | { readonly do: 'attach-partition'; readonly table: string; readonly partition: string; readonly isDefault: boolean }
  | { readonly do: 'detach-partition'; readonly table: string; readonly concurrent: boolean }
  | { readonly do: 'alter-table'; readonly table: string; readonly subtype: string }
  | {
      readonly do: 'drop';
      readonly kind: DropKind;
      readonly name: string;
      readonly table: string | null;
      readonly ifExists: boolean;
      readonly cascade: boolean;
      readonly concurrent: boolean;
    }
  | {
      readonly do: 'rename';
      readonly kind: RenameKind;
      readonly table: string | null;
      readonly from: string;
      readonly to: string;
    }
  | {
      readonly do: 'alter-domain';
      readonly name: string;
      readonly what: 'check' | 'not-null';
      readonly validated: boolean;
    }
  | { readonly do: 'truncate'; readonly table: string; readonly cascade: boolean }
  | {
      readonly do: 'change-rows';
      readonly verb: 'UPDATE' | 'DELETE' | 'INSERT … SELECT';
      readonly table: string;
      /** Without WHERE: also with FROM or USING, which no condition joins to the table then. */
      readonly all: boolean;
      /** With FROM or USING: of a table without rows it changes nothing. */
      readonly joined: boolean;
      readonly columns: readonly string[];
      readonly keys: readonly string[];
      /** Tables that an `INSERT … SELECT` reads. */
      readonly reads: readonly string[];
    }
  | { readonly do: 'lock-table'; readonly table: string; readonly mode: number }
  | { readonly do: 'set'; readonly name: string; readonly value: string }
  | { readonly do: 'vacuum-full' | 'cluster' | 'reindex'; readonly table: string; readonly concurrent: boolean }
  | { readonly do: 'refresh'; readonly view: string; readonly concurrent: boolean; readonly withData: boolean }
  | { readonly do: 'trigger'; readonly table: string }
);

export type DropKind = 'table' | 'view' | 'index' | 'schema' | 'database' | 'trigger' | 'function' | 'type' | 'other';
export type RenameKind = 'table' | 'view' | 'column' | 'schema' | 'enum-value' | 'index' | 'constraint' | 'other';

export interface CreateTable {
  readonly do: 'create-table';
  readonly table: string;
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly Constraint[];
  /** Tables whose columns it takes: `LIKE`, `INHERITS`, `PARTITION OF`. */
  readonly takesColumnsOf: readonly string[];
  readonly temporary: boolean;
  readonly partitioned: boolean;
  readonly ifNotExists: boolean;
  readonly partitionOf: string | null;
  readonly isDefaultPartition: boolean;
}

/** An action before it is given its node. */
type Part = Action extends infer A ? (A extends Action ? Omit<A, 'node'> & { readonly node?: Node } : never) : never;

/** The parts of a statement, in order; none for what no rule looks at. */
export function actionsOf(node: Node): Action[] {
  const [kind = ''] = Object.keys(node);
  const tree = (node as unknown as Record<string, Tree>)[kind]!;
  return (READERS[kind]?.(tree) ?? []).map(part => ({ node, ...part }) as Action);
}

type Reader = (tree: Tree) => Part[];

const READERS: Readonly<Record<string, Reader>> = {
  CreateStmt: createTable,
  CreateTableAsStmt: createTableAs,
  ViewStmt: tree => [{ do: 'create-view', name: relation(tree.view), materialized: false }],
  IndexStmt: createIndex,
  CreateDomainStmt: createDomain,
  CreateEnumStmt: tree => [{ do: 'create-enum', name: lastName(tree.typeName) ?? '' }],
  CompositeTypeStmt: tree => [{ do: 'create-type', name: relation(tree.typevar) }],
  CreateRangeStmt: tree => [{ do: 'create-type', name: lastName(tree.typeName) ?? '' }],
  CreateFunctionStmt: tree => [
    {
      do: 'create-function',
      name: (lastName(tree.funcname) ?? '').toLowerCase(),
      volatility: option(tree.options, 'volatility') ?? 'volatile',
    },
  ],
  AlterTableStmt: alterTable,
  DropStmt: drop,
  DropdbStmt: tree => [
    {
      do: 'drop',
      kind: 'database',
      name: String(tree.dbname),
      table: null,
      ifExists: tree.missing_ok === true,
      cascade: false,
      concurrent: false,
    },
  ],
  RenameStmt: rename,
  AlterObjectSchemaStmt: setSchema,
  AlterEnumStmt: tree =>
    typeof tree.oldVal === 'string'
      ? [
          {
            do: 'rename',
            kind: 'enum-value',
            table: lastName(tree.typeName) ?? null,
            from: tree.oldVal,
            to: String(tree.newVal),
          },
        ]
      : [],
  AlterDomainStmt: alterDomain,
  TruncateStmt: tree =>
    relations(tree.relations).map(table => ({ do: 'truncate', table, cascade: tree.behavior === 'DROP_CASCADE' })),
  UpdateStmt: tree => changeRows('UPDATE', tree, tree.fromClause),
  DeleteStmt: tree => changeRows('DELETE', tree, tree.usingClause),
  InsertStmt: insertSelect,
  LockStmt: tree => relations(tree.relations).map(table => ({ do: 'lock-table', table, mode: Number(tree.mode ?? 0) })),
  VariableSetStmt: tree =>
    tree.kind === 'VAR_SET_VALUE'
      ? [
          {
            do: 'set',
            name: String(tree.name).toLowerCase(),
            value: constant((tree.args as unknown[] | undefined)?.[0]),
          },
        ]
      : [],
  VacuumStmt: tree =>
    isOn(tree.options, 'full')
      ? vacuumed(tree).map(table => ({ do: 'vacuum-full', table, concurrent: false }) as const)
      : [],
  ClusterStmt: tree => [{ do: 'cluster', table: relation(tree.relation), concurrent: false }],
  ReindexStmt: tree => [
    {
      do: 'reindex',
      table: relation(tree.relation) || String(tree.name ?? ''),
      concurrent: isOn(tree.params, 'concurrently'),
    },
  ],
  RefreshMatViewStmt: tree => [
    {
      do: 'refresh',
      view: relation(tree.relation),
      concurrent: tree.concurrent === true,
      withData: tree.skipData !== true,
    },
  ],
  CreateTrigStmt: tree => [{ do: 'trigger', table: relation(tree.relation) }],
};

function relation(tree: unknown): string {
  return ((tree as Tree | undefined)?.relname as string | undefined) ?? '';
}

function relations(list: unknown): string[] {
  return ((list as { RangeVar?: Tree }[] | undefined) ?? []).flatMap(item =>
    item.RangeVar ? [relation(item.RangeVar)] : [],
  );
}

/** The tables of a VACUUM; one of '' for all of the database. */
function vacuumed(tree: Tree): string[] {
  const rels = (tree.rels as { VacuumRelation?: Tree }[] | undefined) ?? [];
  return rels.length === 0 ? [''] : rels.map(item => relation(item.VacuumRelation?.relation));
}

function createTable(tree: Tree): Part[] {
  const elements = (tree.tableElts as Record<string, Tree>[] | undefined) ?? [];
  const parents = relations(tree.inhRelations);
  const columns = elements.flatMap(({ ColumnDef }) => (ColumnDef ? [columnOf(ColumnDef)] : []));
  const constraints = elements.flatMap(({ Constraint }) => (Constraint ? (constraintOf(Constraint) ?? []) : []));
  const bound = tree.partbound as Tree | undefined;
  return [
    {
      do: 'create-table',
      table: relation(tree.relation),
      columns,
      constraints,
      takesColumnsOf: [
        ...parents,
        ...elements.flatMap(({ TableLikeClause }) => (TableLikeClause ? [relation(TableLikeClause.relation)] : [])),
      ],
      temporary: (tree.relation as Tree).relpersistence === 't',
      partitioned: tree.partspec !== undefined,
      ifNotExists: tree.if_not_exists === true,
      partitionOf: bound ? (parents[0] ?? null) : null,
      isDefaultPartition: bound?.is_default === true,
    },
  ];
}

function createTableAs(tree: Tree): Part[] {
  const into = (tree.into as Tree | undefined)?.rel as Tree | undefined;
  if (tree.objtype === 'OBJECT_MATVIEW') return [{ do: 'create-view', name: relation(into), materialized: true }];
  return [
    {
      do: 'create-table',
      table: relation(into),
      columns: [],
      constraints: [],
      takesColumnsOf: [],
      temporary: into?.relpersistence === 't',
      partitioned: false,
      ifNotExists: tree.if_not_exists === true,
      partitionOf: null,
      isDefaultPartition: false,
    },
  ];
}

function createIndex(tree: Tree): Part[] {
  const elements = (tree.indexParams as { IndexElem?: Tree }[] | undefined) ?? [];
  return [
    {
      do: 'create-index',
      table: relation(tree.relation),
      name: (tree.idxname as string | undefined) ?? null,
      columns: elements.flatMap(({ IndexElem }) =>
        typeof IndexElem?.name === 'string' ? [IndexElem.name] : columnsIn(IndexElem?.expr),
      ),
      concurrent: tree.concurrent === true,
      unique: tree.unique === true,
      only: (tree.relation as Tree | undefined)?.inh !== true,
    },
  ];
}

function createDomain(tree: Tree): Part[] {
  const constraints = (tree.constraints as { Constraint?: Tree }[] | undefined) ?? [];
  return [
    {
      do: 'create-domain',
      name: lastName(tree.domainname) ?? '',
      base: typeOf(tree.typeName)?.name ?? '',
      checked: constraints.some(({ Constraint }) => /CHECK|NOTNULL/.test(String(Constraint?.contype))),
    },
  ];
}

const REWRITES: Readonly<Record<string, string>> = {
  AT_SetLogged: 'SET LOGGED',
  AT_SetUnLogged: 'SET UNLOGGED',
  AT_SetTableSpace: 'SET TABLESPACE',
  AT_SetAccessMethod: 'SET ACCESS METHOD',
  AT_SetExpression: 'SET EXPRESSION',
};

function alterTable(tree: Tree): Part[] {
  if (!/OBJECT_TABLE$/.test(String(tree.objtype ?? 'OBJECT_TABLE'))) return [];
  const table = relation(tree.relation);
  return ((tree.cmds as { AlterTableCmd?: Tree }[] | undefined) ?? []).flatMap(item => {
    const command = item.AlterTableCmd;
    if (!command) return [];
    const part = alterPart(table, command);
    return [{ ...part, node: { AlterTableStmt: { ...tree, cmds: [item] } } as unknown as Node }];
  });
}

function alterPart(table: string, command: Tree): Part {
  const subtype = String(command.subtype);
  const name = String(command.name ?? '');
  const cascade = command.behavior === 'DROP_CASCADE';
  const def = (command.def as Record<string, Tree> | undefined) ?? {};
  if (subtype === 'AT_AddColumn' && def.ColumnDef) {
    return { do: 'add-column', table, column: columnOf(def.ColumnDef), ifNotExists: command.missing_ok === true };
  }
  if (subtype === 'AT_AddConstraint' && def.Constraint) {
    const constraint = constraintOf(def.Constraint);
    if (constraint) return { do: 'add-constraint', table, constraint };
  }
  if (subtype === 'AT_AlterColumnType' && def.ColumnDef) return changeType(table, name, def.ColumnDef);
  if (subtype === 'AT_AttachPartition' && def.PartitionCmd) {
    const bound = def.PartitionCmd.bound as Tree | undefined;
    return {
      do: 'attach-partition',
      table,
      partition: relation(def.PartitionCmd.name),
      isDefault: bound?.is_default === true,
    };
  }
  if (subtype === 'AT_DetachPartition')
    return { do: 'detach-partition', table, concurrent: def.PartitionCmd?.concurrent === true };
  if (subtype === 'AT_ValidateConstraint') return { do: 'validate-constraint', table, name };
  if (subtype === 'AT_DropConstraint') return { do: 'drop-constraint', table, name, cascade };
  if (subtype === 'AT_DropColumn') return { do: 'drop-column', table, column: name, cascade };
  if (subtype === 'AT_SetNotNull') return { do: 'set-not-null', table, column: name };
  if (subtype === 'AT_DropNotNull') return { do: 'drop-not-null', table, column: name };
  const rewrite = REWRITES[subtype];
  if (rewrite !== undefined && !isSameMethod(subtype, name)) return { do: 'rewrite-table', table, what: rewrite };
  return { do: 'alter-table', table, subtype };
}

/** Nearly every table is a heap, and to say so changes nothing. */
function isSameMethod(subtype: string, name: string): boolean {
  return subtype === 'AT_SetAccessMethod' && name === 'heap';
}

function changeType(table: string, column: string, definition: Tree): Part {
  const type = typeOf(definition.typeName) ?? { name: '', modifiers: [], array: false };
  return {
    do: 'change-type',
    table,
    column,
    type,
    using: !isPlainCast(definition.raw_default, type),
    collation: definition.collClause !== undefined,
  };
}

/** No `USING`, or one that names the column, or casts it to the new type. */
function isPlainCast(expression: unknown, type: ColumnType): boolean {
  const { ColumnRef, TypeCast } = (expression ?? {}) as {
    ColumnRef?: Tree;
    TypeCast?: { arg?: Tree; typeName?: unknown };
  };
  if (!expression || ColumnRef) return true;
  return TypeCast?.arg?.ColumnRef !== undefined && showType(typeOf(TypeCast.typeName)) === showType(type);
}

const DROPS: Readonly<Record<string, DropKind>> = {
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'view',
  OBJECT_INDEX: 'index',
  OBJECT_SCHEMA: 'schema',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'function',
  OBJECT_ROUTINE: 'function',
  OBJECT_TYPE: 'type',
  OBJECT_DOMAIN: 'type',
};

function drop(tree: Tree): Part[] {
  const kind = DROPS[String(tree.removeType)] ?? 'other';
  const objects = (tree.objects as Record<string, Tree>[] | undefined) ?? [];
  return objects.map(object => {
    const names = nameParts(object.List?.items ?? object.TypeName?.names ?? object.ObjectWithArgs?.objname ?? [object]);
    return {
      do: 'drop',
      kind,
      name: names.at(-1) ?? '',
      table: kind === 'trigger' ? (names.at(-2) ?? null) : null,
      ifExists: tree.missing_ok === true,
      cascade: tree.behavior === 'DROP_CASCADE',
      concurrent: tree.concurrent === true,
    };
  });
}

const RENAMES: Readonly<Record<string, RenameKind>> = {
  OBJECT_TABLE: 'table',
  OBJECT_FOREIGN_TABLE: 'table',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'view',
  OBJECT_SCHEMA: 'schema',
  OBJECT_INDEX: 'index',
  OBJECT_TABCONSTRAINT: 'constraint',
};

function rename(tree: Tree): Part[] {
  const table = relation(tree.relation);
  const to = String(tree.newname);
  if (tree.renameType === 'OBJECT_COLUMN') {
    if (!/TABLE|VIEW/.test(String(tree.relationType))) return [];
    return [{ do: 'rename', kind: 'column', table, from: String(tree.subname), to }];
  }
  const kind = RENAMES[String(tree.renameType)] ?? 'other';
  const from = kind === 'schema' || kind === 'constraint' ? String(tree.subname) : table;
  return [{ do: 'rename', kind, table: table || null, from, to }];
}

/** `ALTER TABLE t SET SCHEMA s`: code that names it without schema, or with the old one, does not find it. */
function setSchema(tree: Tree): Part[] {
  const kind = RENAMES[String(tree.objectType)];
  const from = relation(tree.relation);
  if (kind !== 'table' && kind !== 'view') return [];
  return [{ do: 'rename', kind, table: from, from, to: `${String(tree.newschema)}.${from}` }];
}

function alterDomain(tree: Tree): Part[] {
  const name = lastName(tree.typeName) ?? '';
  const { Constraint } = (tree.def as { Constraint?: Tree } | undefined) ?? {};
  if (tree.subtype === 'O') return [{ do: 'alter-domain', name, what: 'not-null', validated: true }];
  if (tree.subtype !== 'C') return [];
  return [{ do: 'alter-domain', name, what: 'check', validated: Constraint?.skip_validation !== true }];
}

function changeRows(verb: 'UPDATE' | 'DELETE', tree: Tree, joined: unknown): Part[] {
  const targets = (tree.targetList as { ResTarget?: Tree }[] | undefined) ?? [];
  return [
    {
      do: 'change-rows',
      verb,
      table: relation(tree.relation),
      all: tree.whereClause === undefined,
      joined: joined !== undefined,
      columns: targets.flatMap(({ ResTarget }) => (ResTarget ? [String(ResTarget.name)] : [])),
      keys: joined === undefined ? comparedWithConstants(tree.whereClause) : [],
      reads: [],
    },
  ];
}

/** `INSERT … SELECT` of a table: of VALUES or of no table at all it is brief. */
function insertSelect(tree: Tree): Part[] {
  const select = (tree.selectStmt as { SelectStmt?: Tree } | undefined)?.SelectStmt;
  const reads: string[] = [];
  if (select && select.valuesLists === undefined)
    walk(select, (key, read) => {
      if (key === 'RangeVar') reads.push(relation(read));
    });
  if (reads.length === 0) return [];
  return [
    {
      do: 'change-rows',
      verb: 'INSERT … SELECT',
      table: relation(tree.relation),
      all: false,
      joined: false,
      columns: [],
      keys: [],
      reads,
    },
  ];
}

/** Columns of `column = constant`, joined by AND: one of them unique, and the statement finds at most one row. */
function comparedWithConstants(where: unknown): string[] {
  const { A_Expr, BoolExpr } = (where ?? {}) as { A_Expr?: Tree; BoolExpr?: Tree };
  if (BoolExpr?.boolop === 'AND_EXPR') return ((BoolExpr.args as unknown[]) ?? []).flatMap(comparedWithConstants);
  if (A_Expr?.kind !== 'AEXPR_OP' || lastName(A_Expr.name) !== '=') return [];
  const sides = [A_Expr.lexpr, A_Expr.rexpr] as {
    ColumnRef?: Tree;
    A_Const?: Tree;
    TypeCast?: { arg?: { A_Const?: Tree } };
  }[];
  const column = sides.find(side => side.ColumnRef)?.ColumnRef;
  const value = sides.find(side => side.A_Const ?? side.TypeCast?.arg?.A_Const);
  const name = lastName(column?.fields);
  return name !== undefined && value ? [name] : [];
}
