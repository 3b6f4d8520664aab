import type { Node } from './parser.ts';

/**
 * Statements that return rows and that PL/pgSQL reads through a cursor (`FOR r IN EXECUTE s LOOP`), so that the rows are never all in memory.
 * Found out by trying each kind on PostgreSQL 17. Left out: `CALL` and `EXECUTE`, which return rows or do not ("cannot open CALL query as
 * cursor"), and MOVE, DECLARE and CREATE TABLE AS, which do not.
 */
export function returnsRows(node: Node): boolean {
  if ('FetchStmt' in node) return !node.FetchStmt.ismove;
  if ('InsertStmt' in node) return node.InsertStmt.returningList !== undefined;
  if ('UpdateStmt' in node) return node.UpdateStmt.returningList !== undefined;
  if ('DeleteStmt' in node) return node.DeleteStmt.returningList !== undefined;
  if ('MergeStmt' in node) return node.MergeStmt.returningList !== undefined;
  return 'SelectStmt' in node || 'VariableShowStmt' in node || 'ExplainStmt' in node;
}
