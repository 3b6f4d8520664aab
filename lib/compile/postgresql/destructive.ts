import { bodyWords } from './body.ts';
import type { Node } from './parser.ts';
import { constant } from './tree.ts';

/** What a second application of a statement would not leave harmless, as it ends "line 12 …"; undefined: nothing. */
export function harm(node: Node): string | undefined {
  if ('DropStmt' in node)
    return `drops ${node.DropStmt.removeType?.replace('OBJECT_', '').replaceAll('_', ' ').toLowerCase()}`;
  if ('TruncateStmt' in node) return 'truncates';
  if ('DeleteStmt' in node) return `deletes from ${node.DeleteStmt.relation?.relname}`;
  if ('UpdateStmt' in node) return `updates ${node.UpdateStmt.relation?.relname}`;
  if ('MergeStmt' in node) return `merges into ${node.MergeStmt.relation?.relname}`;
  if ('InsertStmt' in node && !node.InsertStmt.onConflictClause)
    return `inserts into ${node.InsertStmt.relation?.relname} without ON CONFLICT`;
  if ('DoStmt' in node) {
    const body = (node.DoStmt.args ?? [])
      .map(arg => ('DefElem' in arg && arg.DefElem.defname === 'as' ? constant(arg.DefElem.arg) : ''))
      .join('');
    if (bodyWords(body).some(word => VERBS.has(word))) return 'runs a DO block that may drop or change';
  }
  if ('CallStmt' in node) return 'calls a procedure';
  return undefined;
}

const VERBS = new Set([
  'drop',
  'truncate',
  'delete',
  'update',
  'merge',
  'insert',
  'execute',
  'rename',
  'perform',
  'call',
]);
