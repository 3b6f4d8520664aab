import { expect, test } from 'vitest';
import { type Node, nodesOf, sources } from './source.ts';

/** The texts in backticks, with a 1 for each value that is put in. */
function templatesOf(text: string): string[] {
  return nodesOf(text)
    .filter(({ node }) => node.type === 'TemplateLiteral')
    .map(({ node }) => (node.quasis as Node[]).map(({ value }) => (value as { raw: string }).raw).join('1'));
}

/** Whether a line ends within a literal or a quoted name. */
const goesOver = (sql: string) =>
  sql
    .split('\n')
    .slice(0, -1)
    .some(line => /['"]/.test(line.replace(/'[^']*'|"[^"]*"/g, '').replace(/--.*/, '')));

test('no literal of the SQL in the engines goes over the end of a line: the bundle has it without its indentation', () => {
  expect(goesOver("select 'a\n  b'")).toBe(true);
  expect(goesOver("select 'it''s', \"x\"\n  from t")).toBe(false);
  const texts = sources('lib/engine').flatMap(({ path, text }) => templatesOf(text).map(sql => ({ path, sql })));
  expect(texts.filter(({ sql }) => sql.includes('\n')).length).toBeGreaterThan(50);
  expect(texts.filter(({ sql }) => goesOver(sql))).toEqual([]);
});
