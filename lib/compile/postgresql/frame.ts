import type { Node } from './parser.ts';

/** Whether `BEGIN; … COMMIT;` stands around the whole script, which then needs neither: plain ones, with nothing else of their kind inside. */
export function isFramed(statements: readonly { readonly node: Node }[]): boolean {
  const kinds = statements.map(({ node }) => ('TransactionStmt' in node ? node.TransactionStmt : undefined));
  const first = kinds[0];
  const last = kinds.at(-1);
  const begins = first?.kind === 'TRANS_STMT_BEGIN' || first?.kind === 'TRANS_STMT_START';
  if (kinds.length < 2 || !begins || first.options || last?.kind !== 'TRANS_STMT_COMMIT' || last.chain) return false;
  return kinds.slice(1, -1).every(kind => kind === undefined);
}
