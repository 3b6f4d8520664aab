import { type Dialect, FolderJudge } from '../../judge/judge.ts';
import { parse, parseBody } from '../parser.ts';
import type { Statement } from '../statements.ts';
import { bodies, walk } from '../tree.ts';
import { type Action, actionsOf } from './actions.ts';
import { MigrationState } from './migration-state.ts';
import { RULES } from './rules/index.ts';
import { SchemaModel } from './schema.ts';

/** What a statement does, with the SQL that is written in the body of a `DO`. A text that it executes stays unseen. */
export function actionsIn({ node }: Statement): Action[] {
  if (!('DoStmt' in node)) return actionsOf(node);
  return bodies(node.DoStmt.args).flatMap(body =>
    queriesOf(body).flatMap(query => {
      const parsed = parse(query);
      return 'message' in parsed ? [] : parsed.flatMap(statement => actionsOf(statement.node));
    }),
  );
}

function queriesOf(body: string): string[] {
  const found: string[] = [];
  walk(parseBody(body), (key, tree) => {
    if (key !== 'PLpgSQL_stmt_execsql') return;
    const { query } = ((tree.sqlstmt as Record<string, unknown> | undefined)?.PLpgSQL_expr ?? {}) as { query?: string };
    if (query !== undefined) found.push(query);
  });
  return found;
}

const POSTGRESQL: Dialect<Action, SchemaModel, MigrationState> = {
  rules: RULES,
  learns: 'after each action',
  schema: () => new SchemaModel(),
  migration: (schema, all, options) => new MigrationState(schema, all, options),
  tableMadeBy: action => (action.do === 'create-table' ? action.table : undefined),
};

/** The judge of a folder for PostgreSQL. */
export class Judge extends FolderJudge<Action, SchemaModel, MigrationState> {
  constructor(pending?: ReadonlySet<string>) {
    super(POSTGRESQL, pending);
  }
}
