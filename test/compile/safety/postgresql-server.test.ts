import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadParser } from '../../../lib/compile/postgresql/parser.ts';
import { RULES } from '../../../lib/compile/postgresql/safety/rules/index.ts';
import type { Severity } from '../../../lib/core/safety.ts';
import { type Bench, bench } from '../../support/migrations.ts';
import { serverVersion } from '../../support/postgresql.ts';
import { CASES } from './cases.ts';
import { type Effect, isSeen, measure, REBUILD, type Seen, split } from './postgresql-effects.ts';
import { judge } from './postgresql-judge.ts';

/** What the server must be seen to do for what a rule finds, by severity where the rule says different things. */
const PROVEN: Readonly<Record<string, Effect | Partial<Record<Severity, Effect>>>> = {
  'require-concurrent-index-creation': 'scans while writes wait',
  'adding-field-with-default': 'writes table and indexes anew while all wait',
  'adding-required-field': 'fails where there is a row',
  'adding-not-nullable-field': 'scans while all wait',
  'adding-foreign-key-constraint': 'scans while writes to both tables wait',
  'constraint-missing-not-valid': 'scans while all wait',
  'validate-in-same-transaction': 'scans while all wait',
  'slow-statement-after-lock': 'scans under an earlier lock',
  'disallowed-unique-constraint': 'scans while all wait',
  'adding-primary-key': 'scans while all wait',
  'adding-exclusion-constraint': 'scans while all wait',
  'changing-column-type': { danger: 'writes a file anew while all wait', caution: 'scans while all wait' },
  'table-rewrite': 'writes a file anew while all wait',
  'vacuum-full': 'writes table and indexes anew while all wait',
  cluster: 'writes table and indexes anew while all wait',
  'require-concurrent-reindex': 'writes indexes anew while writes wait',
  'ban-alter-domain-with-add-constraint': 'scans while writes wait',
  'lock-table': 'blocks writes',
  'require-concurrent-refresh': 'runs the query of a view while its readers wait',
  'attach-partition': 'scans while all wait',
  'partition-of-live-table': { danger: 'scans while all wait', note: 'blocks reads and writes' },
  'require-concurrent-index-deletion': 'blocks reads and writes',
  'require-concurrent-partition-detach': 'blocks reads and writes',
};

/** Rules that speak of the locks of rows, which the last test shows. */
const OF_ROWS = ['change-of-all-rows'];

/** Rules that speak of no lock, scan or rewrite: of names and data that running code misses, of a setting, of types. */
const OTHERS = [
  ...['renaming-column', 'renaming-table', 'renaming-view', 'renaming-enum-value', 'renaming-schema'],
  ...['ban-drop-table', 'ban-drop-column', 'ban-drop-view', 'ban-drop-cascade', 'ban-drop-schema', 'ban-drop-database'],
  ...['ban-truncate', 'ban-drop-not-null', 'lock-timeout-raised'],
  ...['prefer-bigint-over-int', 'prefer-timestamp-tz', 'prefer-jsonb', 'prefer-identity', 'prefer-text-field'],
  'ban-char-field',
];

/** Statements that are not executed, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  'CREATE INDEX i ON unknown_to_the_folder (a)': 'there is no such table',
  'ALTER TABLE elsewhere ALTER a TYPE bigint': 'there is no such table',
  'ALTER TABLE users ADD COLUMN a int DEFAULT somebodys()': 'there is no such function',
  'ALTER TABLE users ADD CONSTRAINT x EXCLUDE USING gist (seen WITH =)': 'it needs the extension btree_gist',
  'ALTER TABLE users SET TABLESPACE fast': 'there is no such tablespace',
  'VACUUM (FULL) ': 'it writes the system catalogs anew too, which takes long',
  'TRUNCATE users; CREATE INDEX i ON users (email)': 'the server reads the table, which has no rows by then',
  'ALTER TABLE users ADD CONSTRAINT c CHECK (false)': 'users has rows here, which break it',
  'ALTER TABLE ONLY users ADD CHECK (false) NO INHERIT': 'users has rows here, which break it',
  'ALTER TABLE users ADD COLUMN a int; UPDATE schema_version SET version = 3': 'there is no such table',
  'DELETE FROM schema_version': 'there is no such table',
  'UPDATE document_version SET author = 3': 'there is no such table',
  'UPDATE documents SET schema_version = 3': 'there is no such table',
  'UPDATE schema_version SET version = 3, minor = 1': 'there is no such table',
  'UPDATE icinga_dbversion SET version = 3, changed = now()': 'there is no such table',
  'UPDATE app_version SET schema_version = 3': 'there is no such table',
};

/** The first version of the server that executes a statement. */
const SINCE: readonly (readonly [RegExp, number])[] = [
  [/SET EXPRESSION/, 17],
  [/SET ACCESS METHOD/, 15],
  [/DETACH .* CONCURRENTLY/, 14],
];

interface Case {
  readonly sql: string;
  readonly atomic: boolean;
  readonly effects: readonly Effect[];
}

/** By rule what is executed: each case with the effects that it must show (found), or must not (silent and safe). */
const TRIED = await casesOf();

async function casesOf() {
  await loadParser();
  const version = await serverVersion();
  const isTried = ({ sql }: Case) =>
    !(sql in LEFT_OUT) && SINCE.every(([what, since]) => version >= since || !what.test(sql));
  return Object.entries(PROVEN).map(([rule, effect]) => {
    const all = typeof effect === 'string' ? [effect] : Object.values(effect);
    const found = CASES[rule]!.found.map(([sql, severity, , { atomic = true } = {}]): Case => {
      const own = typeof effect === 'string' ? effect : effect[severity];
      return { sql, atomic, effects: own ? [own] : [] };
    });
    const silent = CASES[rule]!.silent.map((one): Case => {
      const [sql, { atomic = true }] = typeof one === 'string' ? [one, {}] : one;
      return { sql, atomic, effects: all };
    });
    const tried = found.filter(isTried);
    return {
      rule,
      found: tried,
      silent: silent.filter(isTried),
      safe: tried.flatMap(one => safeWayOf(rule, one, all)),
    };
  });
}

/** What the finding says to write instead, after what the migration has before it; of one that says no statements nothing. */
function safeWayOf(rule: string, { sql, atomic }: Case, effects: readonly Effect[]): Case[] {
  const lines = judge(sql, { atomic }).find(finding => finding.rule === rule)?.safeWay ?? [];
  const statements = lines.filter(line => !line.startsWith('--'));
  if (statements.length === 0 || statements.some(line => line.includes('…'))) return [];
  const before = split(sql).slice(0, -1);
  const never: Effect[] = ['scans while writes wait', 'writes indexes anew while writes wait'];
  return [
    {
      sql: [...before.map(one => `${one};`), ...statements].join('\n'),
      atomic: false,
      effects: [...effects, ...never],
    },
  ];
}

let made: Bench;

beforeAll(async () => {
  made = await bench({ auto: false });
  await made.raw.query(REBUILD);
});

afterAll(() => made.stop());

/** The cases that do not behave as expected, with what was measured. */
async function disagreeing(cases: readonly Case[], expected: boolean) {
  const wrong: { sql: string; effects: readonly Effect[]; seen: readonly Seen[] }[] = [];
  for (const { sql, atomic, effects } of cases) {
    const seen = await measure(made, sql, { atomic });
    const failed = seen.some(one => one.failed !== null && !(expected && isSeen('fails where there is a row', [one])));
    if (failed || effects.some(effect => isSeen(effect, seen) !== expected)) wrong.push({ sql, effects, seen });
  }
  return wrong;
}

test('each rule is proven on the server, or speaks of nothing that can be seen there', () => {
  expect([...Object.keys(PROVEN), ...OF_ROWS, ...OTHERS].sort()).toEqual(RULES.map(({ id }) => id).sort());
  for (const { rule, found, silent } of TRIED) {
    expect([rule, found.length > 0, silent.length > 0]).toEqual([rule, true, true]);
    for (const { sql, effects } of found) expect([sql, effects.length]).toEqual([sql, 1]);
  }
  expect(TRIED.flatMap(({ safe }) => safe).length).toBeGreaterThan(24);
});

test('each statement that is left out is one of the cases', () => {
  const all = Object.values(CASES).flatMap(({ found, silent }) => [...found.map(([sql]) => sql), ...silent.flat()]);
  expect(Object.keys(LEFT_OUT).filter(sql => !all.includes(sql))).toEqual([]);
});

describe.each(TRIED)('$rule', ({ found, silent, safe }) => {
  test('the server does so with what is found', async () => {
    expect(await disagreeing(found, true)).toEqual([]);
  });

  test('the server does not with what is not found', async () => {
    expect(await disagreeing(silent, false)).toEqual([]);
  });

  if (safe.length === 0) return;
  test('the server executes the safe statements, and does not', async () => {
    expect(await disagreeing(safe, false)).toEqual([]);
  });
});

test('change-of-all-rows: no row is left that another session can lock', async () => {
  const free: (readonly [string, boolean])[] = [];
  const { found, silent } = CASES['change-of-all-rows']!;
  const isTried = (sql: string) => !(sql in LEFT_OUT);
  const [all, some] = [found.map(([sql]) => sql).filter(isTried), silent.map(String).filter(isTried)];
  const statements = [...all, ...some];
  for (const sql of statements) {
    const transaction = await made.database.begin();
    try {
      for (const one of split(sql)) await transaction.execute({ sql: one, effect: 'write' });
      const rows = await made.sql('SELECT id FROM users FOR UPDATE SKIP LOCKED');
      free.push([sql, rows.length > 0]);
    } finally {
      await transaction.rollback();
    }
  }
  expect(free).toEqual(statements.map((sql, at) => [sql, at >= all.length]));
});
