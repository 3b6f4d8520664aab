import { beforeAll, expect, test } from 'vitest';
import { loadParser, parse } from '../../../lib/compile/postgresql/parser.ts';
import { actionsOf } from '../../../lib/compile/postgresql/safety/actions.ts';
import { Judge } from '../../../lib/compile/postgresql/safety/judge.ts';
import { RULES } from '../../../lib/compile/postgresql/safety/rules/index.ts';
import { CASES } from './cases.ts';
import { describeRules } from './rule-suite.ts';

/** What earlier migrations have made. */
const BEFORE = `
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE DOMAIN plain AS int;
  CREATE TYPE mood AS ENUM ('ok', 'sad');
  CREATE FUNCTION steady() RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';
  CREATE FUNCTION changing() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
  CREATE TABLE parents (id bigint PRIMARY KEY);
  CREATE TABLE users (
    id bigint PRIMARY KEY, email text, nick varchar(50), code char(3), age int, price numeric(10,2), born timestamp, seen timestamptz,
    doc json, plain plain, proven int, checked int CHECK (checked > 0), parent bigint, UNIQUE (nick)
  );
  ALTER TABLE users ADD CONSTRAINT proven CHECK (proven IS NOT NULL) NOT VALID;
  ALTER TABLE users VALIDATE CONSTRAINT proven;
  ALTER TABLE users ADD CONSTRAINT unproven CHECK (age IS NOT NULL) NOT VALID;
  CREATE UNIQUE INDEX users_age ON users (age);
  CREATE INDEX users_born ON users (born);
  CREATE TABLE logs (id int, at timestamptz) PARTITION BY RANGE (id);
  CREATE TABLE logs_rest PARTITION OF logs DEFAULT;
  CREATE TABLE parts (id int) PARTITION BY RANGE (id);
  CREATE TABLE part_new (id int, CHECK (id > 10));
  CREATE TABLE part_raw (id int);
  CREATE VIEW names AS SELECT email FROM users;
  CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM users;
`;

beforeAll(loadParser);

function statementsOf(sql: string) {
  const parsed = parse(sql);
  if ('message' in parsed) throw new Error(`${parsed.message}: ${sql}`);
  return parsed.map(({ node, start }) => ({
    place: { file: 'f.sql', line: sql.slice(0, start).split('\n').length },
    actions: actionsOf(node),
  }));
}

/** `rule:severity` of what is found in a migration after BEFORE, each once. */
function judge(sql: string, { atomic = true } = {}) {
  const one = new Judge();
  one.judge({ name: '001_before', atomic: true, statements: statementsOf(BEFORE) });
  return one.judge({ name: '002_after', atomic, statements: statementsOf(sql) });
}

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
