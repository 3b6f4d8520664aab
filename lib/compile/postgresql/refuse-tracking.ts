import type { Tracking } from '../grammar.ts';
import type { Node } from './parser.ts';
import { constant, nameParts } from './tree.ts';

/** Why a statement has no place in a migration, and what to write instead. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What would change the tables that track migrations, and their functions. */
export function trackingObjects(node: Node, { schema, table }: Tracking): Refusal | undefined {
  const ours = new Set([table, `${table}_lease`, `${table}_hooks`]);
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
