import type { ScriptFacts } from './manifest.ts';

/** A statement as it stands in its script, with its semicolon and the comments before it. */
export interface StatementText {
  readonly sql: string;
  /** Where it begins in the script's content, in characters. */
  readonly from: number;
}

/** The statements of a script: its pieces, less those left out. */
export function statementsOf(script: { content: string; facts: Pick<ScriptFacts, 'pieces'> }): StatementText[] {
  const { content, facts } = script;
  const bytes = Buffer.from(content, 'utf8');
  const statements: StatementText[] = [];
  let at = 0;
  let from = 0;
  for (const piece of facts.pieces) {
    const sql = bytes.toString('utf8', at, at + Math.abs(piece));
    if (piece > 0) statements.push({ sql, from });
    at += Math.abs(piece);
    from += sql.length;
  }
  return statements;
}
