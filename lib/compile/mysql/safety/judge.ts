import { scanScript } from '../../../engine/mysql/statement/script.ts';
import { type Head, headOf } from '../../../engine/mysql/statement/statement-kind.ts';
import { type Word, wordsOf } from '../../../engine/mysql/statement/words.ts';
import { type Dialect, FolderJudge } from '../../judge/judge.ts';
import type { Prepared } from '../prepared-statement.ts';
import type { Action } from './action.ts';
import { actionsOf } from './actions.ts';
import { MigrationState } from './migration-state.ts';
import { RULES } from './rules/index.ts';
import { SchemaModel } from './schema.ts';

/** What a statement does; EXECUTE does what was prepared, where the file itself says it. What the bodies of routines do stays unseen. */
export function actionsIn(
  { words, head, prepared }: { words: readonly Word[]; head: Head; prepared: Prepared | undefined },
  text: string,
): Action[] {
  if (head.verb !== 'execute' || prepared?.text === undefined) return actionsOf(words, head, text);
  const sql = prepared.text;
  return scanScript(sql).statements.flatMap(statement => {
    const own = wordsOf(sql, statement);
    return actionsOf(own, headOf(own), sql);
  });
}

const MYSQL: Dialect<Action, SchemaModel, MigrationState> = {
  rules: RULES,
  learns: 'after each statement',
  schema: () => new SchemaModel(),
  migration: (schema, all, options) => new MigrationState(schema, all, options),
  tableMadeBy: action => (action.do === 'create-table' ? action.table : undefined),
};

/** The judge of a folder for MySQL. */
export class Judge extends FolderJudge<Action, SchemaModel, MigrationState> {
  constructor(pending?: ReadonlySet<string>) {
    super(MYSQL, pending);
  }
}
