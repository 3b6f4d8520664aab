import { expect, test } from 'vitest';
import { type Node, nodesOf, sources } from './source.ts';

/** The engine without its two readers: of the schema, and of statements. */
const own = sources('lib').filter(({ path }) => /^lib\/engine\/mysql\/[^/]+$/.test(path));

test('the engine of MySQL stays small', () => {
  const lines = own.reduce((sum, { text }) => sum + text.split('\n').length - 1, 0);
  expect(lines).toBeGreaterThan(1_000);
  expect(lines).toBeLessThanOrEqual(2_700);
});

test('no function of it is longer than 60 lines', () => {
  const long = own.flatMap(({ path, text }) =>
    nodesOf(text)
      .filter(({ node }) => /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type))
      .map(({ node }) => ({ at: text.slice(0, node.start as number).split('\n').length, lines: linesOf(text, node) }))
      .filter(({ lines }) => lines > 60)
      .map(({ at, lines }) => `${path}:${at}: ${lines} lines`),
  );
  expect(long).toEqual([]);
});

function linesOf(text: string, { start, end }: Node): number {
  return text.slice(start as number, end as number).split('\n').length;
}

test('an object is changed only by its own methods', () => {
  const found = own.flatMap(({ path, text }) =>
    nodesOf(text).flatMap(({ node }) => {
      const changed =
        (node.type === 'AssignmentExpression' && node.left) || (node.type === 'UpdateExpression' && node.argument);
      const { type, object, computed } = (changed || {}) as Partial<Node>;
      const isForeign = type === 'MemberExpression' && !computed && (object as Node).type !== 'ThisExpression';
      return isForeign ? [`${path}: ${text.slice(node.start as number, node.end as number)}`] : [];
    }),
  );
  expect(found).toEqual([]);
});
