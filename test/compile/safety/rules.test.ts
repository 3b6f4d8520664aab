import { beforeAll, expect, test } from 'vitest';
import { loadParser } from '../../../lib/compile/postgresql/parser.ts';
import { Judge } from '../../../lib/compile/postgresql/safety/judge.ts';
import { RULES } from '../../../lib/compile/postgresql/safety/rules/index.ts';
import { CASES } from './cases.ts';
import { judge, statementsOf } from './postgresql-judge.ts';
import { describeRules } from './rule-suite.ts';

beforeAll(loadParser);

describeRules({ cases: CASES, rules: RULES, judge, safeWays: 15 });

test('one finding a rule and statement, with all that it is about', () => {
  const found = judge('ALTER TABLE users ADD COLUMN a int NOT NULL, ADD COLUMN b int NOT NULL');
  expect(found.map(({ rule, subject }) => [rule, subject])).toEqual([['adding-required-field', 'users.a, users.b']]);
});

test('SQL in the body of a DO is judged, what it executes as text is not', async () => {
  const { compile } = await import('../../../lib/compile/index.ts');
  const { mkdtempSync, writeFileSync, rmSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const { join } = await import('node:path');
  const dir = mkdtempSync(join(tmpdir(), 'safety-'));
  try {
    writeFileSync(join(dir, '001_a.sql'), 'CREATE TABLE a (id int);\n');
    writeFileSync(join(dir, '002_b.sql'), "DO $$ BEGIN CREATE INDEX i ON a (id); EXECUTE 'DROP TABLE a'; END $$;\n");
    const { findings } = await compile({ dir, engine: 'postgresql' });
    expect(findings.map(({ rule, place }) => [rule, place.line])).toEqual([['require-concurrent-index-creation', 1]]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('a table of another pending migration is new, where it is known to be pending', () => {
  const first = statementsOf('CREATE TABLE fresh (id int);');
  const second = statementsOf('CREATE INDEX i ON fresh (id);');
  const rulesOf = (pending: Set<string>) => {
    const one = new Judge(pending);
    one.judge({ name: '001_a', atomic: true, statements: first });
    return one.judge({ name: '002_b', atomic: true, statements: second }).map(({ rule }) => rule);
  };
  expect(rulesOf(new Set())).toEqual(['require-concurrent-index-creation']);
  expect(rulesOf(new Set(['001_a', '002_b']))).toEqual([]);
});

test('true stays true in a safe statement', () => {
  const safeWayOf = (sql: string) => judge(sql)[0]?.safeWay.join('\n');
  expect(safeWayOf('ALTER TABLE users ADD CONSTRAINT c CHECK (true OR age > 0)')).toContain('CHECK (true OR age > 0)');
  const index = 'CREATE INDEX CONCURRENTLY i ON users USING btree (age) WHERE true;';
  expect(safeWayOf('CREATE INDEX i ON users (age) WHERE true')).toBe(index);
});
