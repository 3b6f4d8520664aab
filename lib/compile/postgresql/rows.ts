import type { Node } from './parser.ts';

/** Statements that return rows and that PL/pgSQL can read through a cursor: all others it runs as they are and drops what they return. */
export function returnsRows(node: Node): boolean {
  return 'SelectStmt' in node || 'VariableShowStmt' in node || 'ExplainStmt' in node;
}
