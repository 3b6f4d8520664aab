import { readPrepared } from '../../../lib/compile/mysql/prepared.ts';
import type { Action } from '../../../lib/compile/mysql/safety/action.ts';
import { actionsIn, Judge } from '../../../lib/compile/mysql/safety/judge.ts';
import type { Finding } from '../../../lib/core/safety.ts';
import { scanScript } from '../../../lib/engine/mysql/statement/script.ts';
import { headOf } from '../../../lib/engine/mysql/statement/statement-kind.ts';
import { wordsOf } from '../../../lib/engine/mysql/statement/words.ts';
import { BEFORE } from './mysql-cases.ts';

/** The statements of a text as the rules see them. */
export function statementsOf(sql: string): { place: Finding['place']; actions: Action[] }[] {
  const read = scanScript(sql).statements.map(statement => {
    const words = wordsOf(sql, statement);
    return { words, head: headOf(words), first: statement.first };
  });
  const prepared = readPrepared(sql, read);
  return read.map((statement, at) => ({
    place: { file: 'f.sql', line: sql.slice(0, statement.first).split('\n').length },
    actions: actionsIn({ ...statement, prepared: prepared[at] }, sql),
  }));
}

/** The findings of a migration after BEFORE. */
export function judge(sql: string): Finding[] {
  const one = new Judge();
  one.judge({ name: '001_before', atomic: false, statements: statementsOf(BEFORE) });
  return one.judge({ name: '002_after', atomic: false, statements: statementsOf(sql) });
}
