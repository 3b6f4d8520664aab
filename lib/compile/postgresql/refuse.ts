import type { Section, Tracking } from '../grammar.ts';
import type { Node } from './parser.ts';
import { constant, nameParts } from './tree.ts';

/** Why a statement has no place in a migration, and what to write instead. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** Complain of all statements that are refused. `framed`: the first and the last are the BEGIN and COMMIT around the file. */
export function checkStatements(
  { source, from, tracking, transaction }: Section,
  statements: readonly { readonly node: Node; readonly first: number }[],
  framed: boolean,
): void {
  for (const [at, { node, first }] of statements.entries()) {
    const isFrame = framed && transaction !== false && (at === 0 || at === statements.length - 1);
    const refused = isFrame ? undefined : refusal(node, tracking);
    if (refused) source.error(refused.code, from + first, refused.message, refused.remedy);
  }
}

/** What is refused before anything is sent; undefined: the statement is welcome. */
export function refusal(node: Node, tracking: Tracking): Refusal | undefined {
  return (
    transactionControl(node) ??
    transactionSettings(node) ??
    copy(node) ??
    selectInto(node) ??
    wholeSession(node) ??
    wholeDatabase(node) ??
    trackingObjects(node, tracking)
  );
}

const ONE_TRANSACTION =
  'Take it out: a migration is one transaction; where it must not be, write -- migrate:up transaction:false';

function transactionControl(node: Node): Refusal | undefined {
  if (!('TransactionStmt' in node)) return undefined;
  const { kind } = node.TransactionStmt;
  const word =
    kind
      ?.replace('TRANS_STMT_', '')
      .replace('_TO', ' TO')
      .replace('PREPARE', 'PREPARE TRANSACTION')
      .replaceAll('_', ' ') ?? '';
  const savepoint =
    kind === 'TRANS_STMT_SAVEPOINT' || kind === 'TRANS_STMT_RELEASE' || kind === 'TRANS_STMT_ROLLBACK_TO';
  return {
    code: 'transaction-control',
    message: `${word.replace(/(COMMIT|ROLLBACK) PREPARE TRANSACTIOND/, '$1 PREPARED')} in a migration`,
    remedy: savepoint ? 'Use a DO block: its BEGIN … EXCEPTION … END is a savepoint' : ONE_TRANSACTION,
  };
}

const TRANSACTION_SETTINGS = new Set(['transaction_isolation', 'transaction_read_only', 'transaction_deferrable']);

function transactionSettings(node: Node): Refusal | undefined {
  if (!('VariableSetStmt' in node)) return undefined;
  const { kind, name = '', args } = node.VariableSetStmt;
  if (kind === 'VAR_SET_MULTI' || TRANSACTION_SETTINGS.has(name)) {
    return {
      code: 'transaction-settings',
      message: `SET ${name} in a migration, whose transaction has begun before its first statement`,
      remedy: 'Take it out; if the migration needs another isolation, lock what it reads with LOCK TABLE',
    };
  }
  if (name === 'client_encoding' && !/^(utf-?8|unicode|)$/i.test(constant(args?.[0] ?? {}))) {
    return {
      code: 'client-encoding',
      message: 'Another client_encoding than UTF8, which migrations are sent in',
      remedy: 'Save the file as UTF-8 and take the statement out',
    };
  }
  return undefined;
}

function copy(node: Node): Refusal | undefined {
  if (!('CopyStmt' in node) || node.CopyStmt.filename !== undefined) return undefined;
  if (node.CopyStmt.is_from) {
    return {
      code: 'copy-from-stdin',
      message: 'COPY … FROM stdin needs a client that sends the data',
      remedy: 'Write the rows as INSERT … VALUES (pg_dump --inserts --rows-per-insert=1000 writes them so)',
    };
  }
  return {
    code: 'copy-to-stdout',
    message: 'COPY … TO stdout needs a client that takes the data',
    remedy: 'Take it out: a migration gives no rows back',
  };
}

function selectInto(node: Node): Refusal | undefined {
  if (!('SelectStmt' in node)) return undefined;
  let select = node.SelectStmt;
  while (select.larg) select = select.larg;
  if (!select.intoClause) return undefined;
  return {
    code: 'select-into',
    message: 'SELECT … INTO cannot make a table inside of a function, which is where migrations run',
    remedy: 'Write CREATE TABLE … AS SELECT …',
  };
}

function wholeSession(node: Node): Refusal | undefined {
  const refuse = (what: string) => ({
    code: 'session-reset',
    message: `${what} takes away from the Data API what it keeps on its connections`,
    remedy: 'Take it out: each migration begins and ends with a clean session',
  });
  if ('DiscardStmt' in node && node.DiscardStmt.target === 'DISCARD_ALL') return refuse('DISCARD ALL');
  if ('DeallocateStmt' in node && node.DeallocateStmt.isall) return refuse('DEALLOCATE ALL');
  return undefined;
}

function wholeDatabase(node: Node): Refusal | undefined {
  if ('IndexStmt' in node && node.IndexStmt.concurrent && !node.IndexStmt.idxname) {
    return {
      code: 'unnamed-index',
      message: 'CREATE INDEX CONCURRENTLY without a name: after a lost answer nothing tells whether it was built',
      remedy: 'Give the index a name',
    };
  }
  if ('ReindexStmt' in node) {
    const { kind } = node.ReindexStmt;
    if (kind !== 'REINDEX_OBJECT_INDEX' && kind !== 'REINDEX_OBJECT_TABLE') {
      return {
        code: 'reindex-all',
        message: `REINDEX ${kind?.replace('REINDEX_OBJECT_', '')} commits after each table, which no checkpoint can follow`,
        remedy: 'Write one REINDEX TABLE a table',
      };
    }
  }
  if ('ClusterStmt' in node && !node.ClusterStmt.relation) {
    return {
      code: 'cluster-all',
      message: 'CLUSTER without a table commits after each table, which no checkpoint can follow',
      remedy: 'Write one CLUSTER a table',
    };
  }
  return undefined;
}

function trackingObjects(node: Node, { schema, table }: Tracking): Refusal | undefined {
  const ours = new Set([table, `${table}_lease`]);
  const isOurs = (name: readonly (string | undefined)[]) =>
    ours.has(name.at(-1) ?? '') && (name.at(-2) === undefined ? schema === 'public' : name.at(-2) === schema);
  const droppedSchema =
    'DropStmt' in node &&
    node.DropStmt.removeType === 'OBJECT_SCHEMA' &&
    (node.DropStmt.objects ?? []).some(object => constant(object) === schema);
  const renamedSchema =
    'RenameStmt' in node && node.RenameStmt.renameType === 'OBJECT_SCHEMA' && node.RenameStmt.subname === schema;
  if (droppedSchema || renamedSchema) {
    return {
      code: 'tracking-schema',
      message: `Schema ${schema} holds the tables that track migrations`,
      remedy: 'Drop the objects in it one by one, or keep the tracking tables in another schema (option "schema")',
    };
  }
  const isOurFunction = (name: readonly string[]) =>
    name.at(-1)?.startsWith(`${table}_`) && (name.at(-2) === undefined ? schema === 'public' : name.at(-2) === schema);
  if (!writtenRelations(node).some(isOurs) && !writtenRoutines(node).some(isOurFunction)) return undefined;
  return {
    code: 'tracking-table',
    message: `${table} and what begins with ${table}_ track the migrations; a migration must not touch them`,
    remedy: 'Take the statement out, or keep the tracking tables under another name (option "table")',
  };
}

type Relation = { schemaname?: string; relname?: string };

/** Qualified names of the relations that a statement makes, changes or drops. */
function writtenRelations(node: Node): (string | undefined)[][] {
  const parts = (relation: Relation | undefined) => (relation ? [[relation.schemaname, relation.relname]] : []);
  if ('DropStmt' in node) {
    return (node.DropStmt.objects ?? []).map(object => ('List' in object ? nameParts(object.List.items) : []));
  }
  if ('TruncateStmt' in node) {
    return (node.TruncateStmt.relations ?? []).flatMap(item => ('RangeVar' in item ? parts(item.RangeVar) : []));
  }
  if ('CreateStmt' in node) return parts(node.CreateStmt.relation);
  if ('CreateTableAsStmt' in node) return parts(node.CreateTableAsStmt.into?.rel);
  if ('ViewStmt' in node) return parts(node.ViewStmt.view);
  if ('AlterTableStmt' in node) return parts(node.AlterTableStmt.relation);
  if ('RenameStmt' in node) return parts(node.RenameStmt.relation);
  if ('AlterObjectSchemaStmt' in node) return parts(node.AlterObjectSchemaStmt.relation);
  if ('IndexStmt' in node) return parts(node.IndexStmt.relation);
  if ('CreateTrigStmt' in node) return parts(node.CreateTrigStmt.relation);
  if ('InsertStmt' in node) return parts(node.InsertStmt.relation);
  if ('UpdateStmt' in node) return parts(node.UpdateStmt.relation);
  if ('DeleteStmt' in node) return parts(node.DeleteStmt.relation);
  if ('MergeStmt' in node) return parts(node.MergeStmt.relation);
  if ('CopyStmt' in node && node.CopyStmt.is_from) return parts(node.CopyStmt.relation);
  return [];
}

/** Qualified names of the functions that a statement makes, changes or drops. */
function writtenRoutines(node: Node): string[][] {
  if ('CreateFunctionStmt' in node) return [nameParts(node.CreateFunctionStmt.funcname)];
  if ('AlterFunctionStmt' in node) return [nameParts(node.AlterFunctionStmt.func?.objname)];
  const objects =
    'DropStmt' in node ? (node.DropStmt.objects ?? []) : 'RenameStmt' in node ? [node.RenameStmt.object] : [];
  return objects.flatMap(object =>
    object && 'ObjectWithArgs' in object ? [nameParts(object.ObjectWithArgs.objname)] : [],
  );
}
