import { parse } from '../../../lib/compile/postgresql/parser.ts';
import { actionsOf } from '../../../lib/compile/postgresql/safety/actions.ts';
import { Judge } from '../../../lib/compile/postgresql/safety/judge.ts';
import { BEFORE } from './cases.ts';

/** The statements of a text, as the judge takes them. */
export function statementsOf(sql: string) {
  const parsed = parse(sql);
  if ('message' in parsed) throw new Error(`${parsed.message}: ${sql}`);
  return parsed.map(({ node, start }) => ({
    place: { file: 'f.sql', line: sql.slice(0, start).split('\n').length },
    actions: actionsOf(node),
  }));
}

/** The findings of a migration after BEFORE. The parser must be loaded. */
export function judge(sql: string, { atomic = true } = {}) {
  const one = new Judge();
  one.judge({ name: '001_before', atomic: true, statements: statementsOf(BEFORE) });
  return one.judge({ name: '002_after', atomic, statements: statementsOf(sql) });
}
