import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { firstParameter } from '../../lib/compile/postgresql/service-scanner.ts';
import type { Truth } from '../../lib/core/manifest.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgresql.ts';
import { compileFiles, compileOne, problemsOf, statementsOf } from './folder.ts';

const ALONE: readonly [sql: string, truth: Truth][] = [
  ['CREATE INDEX CONCURRENTLY i ON s.t (a)', { kind: 'index-built', schema: 's', table: 't', index: 'i' }],
  [
    'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "I" ON T (a)',
    { kind: 'index-built', schema: null, table: 't', index: 'I' },
  ],
  ['DROP INDEX CONCURRENTLY IF EXISTS s.i', { kind: 'index-gone', schema: 's', index: 'i' }],
  ['REINDEX INDEX CONCURRENTLY i', { kind: 'reindexed', schema: null, name: 'i', what: 'index' }],
  ['REINDEX (CONCURRENTLY, VERBOSE) TABLE s.t', { kind: 'reindexed', schema: 's', name: 't', what: 'table' }],
  [
    'ALTER TABLE s.p DETACH PARTITION q CONCURRENTLY',
    { kind: 'detached', parentSchema: 's', parent: 'p', schema: null, partition: 'q' },
  ],
  ['VACUUM', { kind: 'repeatable' }],
  ['VACUUM (FULL) t', { kind: 'repeatable', vacuum: { full: true, tables: [{ schema: null, name: 't' }] } }],
  [
    'VACUUM ANALYZE s.t, "U" (a)',
    {
      kind: 'repeatable',
      vacuum: {
        full: false,
        tables: [
          { schema: 's', name: 't' },
          { schema: null, name: 'U' },
        ],
      },
    },
  ],
  ["ALTER SYSTEM SET work_mem = '8MB'", { kind: 'repeatable' }],
  ['CREATE DATABASE d', { kind: 'exists', what: 'database', name: 'd' }],
  ['DROP DATABASE IF EXISTS d', { kind: 'gone', what: 'database', name: 'd' }],
  ['ALTER DATABASE d SET TABLESPACE x', { kind: 'repeatable' }],
  ["CREATE TABLESPACE x LOCATION '/x'", { kind: 'exists', what: 'tablespace', name: 'x' }],
  ['DROP TABLESPACE x', { kind: 'gone', what: 'tablespace', name: 'x' }],
  ["CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", { kind: 'exists', what: 'subscription', name: 's' }],
  ['DROP SUBSCRIPTION s', { kind: 'gone', what: 'subscription', name: 's' }],
  ['ALTER SUBSCRIPTION s REFRESH PUBLICATION', { kind: 'repeatable' }],
  ['ALTER SUBSCRIPTION s SET PUBLICATION p', { kind: 'repeatable' }],
  ['ALTER SUBSCRIPTION s ADD PUBLICATION p', { kind: 'unknown' }],
  ["SELECT pg_create_logical_replication_slot('a', 'pgoutput')", { kind: 'exists', what: 'slot', name: 'a' }],
  ["SELECT * FROM pg_create_logical_replication_slot('a', 'pgoutput')", { kind: 'exists', what: 'slot', name: 'a' }],
  ['DO $$ BEGIN COMMIT; END $$', { kind: 'unknown' }],
];

test('CONCURRENTLY in a down section beside other statements: the directive of that section is named', async () => {
  const { errors } = await compileFiles({
    '1_m.sql':
      '-- migrate:up transaction:false\nALTER TABLE a ADD x int;\nCREATE INDEX CONCURRENTLY a_x ON a (x);\n-- migrate:down\nDROP INDEX CONCURRENTLY a_x;\nALTER TABLE a DROP x;',
    '2_n.sql': 'select 1;\n-- migrate:down\nCOMMIT;',
  });
  expect(errors).toMatchObject([
    {
      code: 'mixed-transaction',
      message: 'DROP INDEX CONCURRENTLY cannot run in a transaction, and the other statements of this down section can',
      remedy: 'Write `-- migrate:down transaction:false`, so that every statement runs by itself',
      place: { line: 5 },
    },
    { code: 'transaction-control', remedy: expect.stringContaining('write -- migrate:down transaction:false') },
  ]);
});

test('DO with COMMIT is found, for no transaction can run it', async () => {
  const commits = 'DO $$ BEGIN\n  UPDATE a SET x = 1;\n  COMMIT;\nEND $$;';
  const { errors } = await compileFiles({ '1_m.sql': `CREATE TABLE a (x int);\n${commits}` });
  expect(errors).toMatchObject([
    {
      code: 'mixed-transaction',
      message: expect.stringMatching(/^DO with COMMIT or ROLLBACK cannot run in a transaction/),
      place: { line: 2 },
    },
  ]);
  expect(await problemsOf(`-- migrate:up transaction:true\n${commits}`)).toEqual(['2:1 no-transaction']);
  expect((await compileOne(commits)).mode).toBe('stepwise');
  expect((await compileOne("DO $$ BEGIN RAISE NOTICE 'commit;'; END $$;")).mode).toBe('atomic');
});

const TOGETHER = [
  'CREATE INDEX i ON t (a)',
  'DROP INDEX i',
  'REINDEX TABLE t',
  'REINDEX (CONCURRENTLY false) TABLE t',
  'ANALYZE t',
  'ALTER TABLE p DETACH PARTITION q',
  'ALTER TABLE p DETACH PARTITION q FINALIZE',
  'ALTER DATABASE d SET work_mem = 1',
  'ALTER SUBSCRIPTION s DISABLE',
  "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)",
  "CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (create_slot = off)",
  'ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)',
  'CALL p()',
  'CHECKPOINT',
  "ALTER TYPE e ADD VALUE 'x'",
  "SELECT pg_create_physical_replication_slot('a')",
  'CLUSTER t',
  "SELECT pg_drop_replication_slot('a')",
];

describe('what cannot run in a transaction', () => {
  test.each(ALONE)('%s', async (sql, truth) => {
    const { mode, up } = await compileOne(sql);
    expect(mode).toBe('stepwise');
    expect(up.facts.alone.map(({ unqualified: _, ...one }) => one)).toEqual([{ statement: 1, truth }]);
    expect(up.facts.stepwise).toBe(true);
    expect(up.facts.sums).toEqual([expect.stringMatching(/^[0-9a-f]{16}$/)]);
  });

  test.each(ALONE)('beside another statement it needs the option: %s', async sql => {
    const { errors } = await compileFiles({ '1_m.sql': `select 1;\n${sql};\nselect 2;` });
    expect(errors).toMatchObject([{ code: 'mixed-transaction', place: { line: 2, column: 1 } }]);
    expect(errors[0]!.remedy).toBe(
      'Move line 2 to a migration of its own (the statements on lines 1, 3 can share a transaction), or write `-- migrate:up transaction:false`, so that every statement runs by itself',
    );
    expect(
      (await compileOne(`-- migrate:up transaction:false\nselect 1;\n${sql};\nselect 2;`)).up.facts.alone,
    ).toMatchObject([{ statement: 2 }]);
  });

  test.each(TOGETHER)('%s can', async sql => {
    const { mode, up } = await compileOne(sql);
    expect(mode).toBe('atomic');
    expect(up.facts).toMatchObject({ alone: [], sums: [] });
    expect(up.facts.stepwise).toBeUndefined();
  });

  test('a block that ends transactions, and a slot that is dropped, run alone where they may', async () => {
    const { up } = await compileOne(
      "-- migrate:up transaction:false\nDO $$ BEGIN COMMIT; END $$;\nSELECT pg_drop_replication_slot('a');\nDO $$ BEGIN RAISE 'commit;'; END $$",
    );
    expect(up.facts.alone).toEqual([
      { statement: 1, truth: { kind: 'unknown' } },
      { statement: 2, truth: { kind: 'gone', what: 'slot', name: 'a' } },
    ]);
  });

  test('an up section and a down section each have their own mode', async () => {
    const index = 'create index concurrently i on t (a);';
    const one = await compileOne(`${index}\n-- migrate:down\ndrop table t;`);
    expect([one.mode, one.down!.facts.stepwise]).toEqual(['stepwise', undefined]);
    const two = await compileOne(
      'create table t (a int);\n-- migrate:down transaction:false\ndrop index concurrently i;\ndrop table t;',
    );
    expect([two.mode, two.down!.facts.stepwise]).toEqual(['atomic', true]);
    expect(two.down!.facts.alone).toEqual([
      { statement: 1, unqualified: [2], truth: { kind: 'index-gone', schema: null, index: 'i' } },
    ]);
    expect(await problemsOf('select 1;\n-- migrate:down\ndrop index concurrently i;\ndrop table t;')).toEqual([
      '3:1 mixed-transaction',
    ]);
  });

  test('options that contradict the file', async () => {
    expect(await problemsOf('-- migrate:up transaction:true\nvacuum;')).toEqual(['2:1 no-transaction']);
    expect(await problemsOf('-- migrate:up transaction:false\nbegin;\nselect 1;\ncommit;')).toEqual([
      '2:1 transaction-control',
      '4:1 transaction-control',
    ]);
  });
});

describe('PostgreSQL says the same', () => {
  const SETUP = `create schema s; create table t (a int); create table s.t (a int); create index i on t (a); create index i on s.t (a);
    create table p (a int) partition by list (a); create table q partition of p default;
    create table s.p (a int) partition by list (a); create table s.q partition of s.p default; set search_path = public, s`;
  let database: FreshDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    database = await freshDatabase();
    client = new pg.Client(database.url);
    await client.connect();
    await client.query(SETUP);
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  /** SQLSTATE of a statement in a transaction that has written, or nothing. */
  async function inTransaction(sql: string): Promise<string | undefined> {
    await client.query('begin; insert into t values (1)');
    try {
      await client.query(sql);
      return undefined;
    } catch (error) {
      return (error as { code?: string }).code;
    } finally {
      await client.query('rollback');
    }
  }

  /** They fail before they come to that: there is no such subscription, database or space, and slots want another wal_level. */
  const UNREACHED = /^(DROP|ALTER) SUBSCRIPTION|pg_create_logical|^ALTER DATABASE/;

  test.each(ALONE.filter(([sql]) => !UNREACHED.test(sql)))('%s is refused in one', async sql => {
    expect(await inTransaction(sql)).toBe(sql.startsWith('DO ') ? '2D000' : '25001');
  });

  test.each(TOGETHER.filter(sql => !/^DO|^CHECKPOINT/.test(sql)))('%s is not', async sql => {
    expect(await inTransaction(sql)).not.toBe('25001');
  });
});

describe('statements that are sent as they are', () => {
  const alone = (body: string) => `-- migrate:up transaction:false\nselect 1; DO ${body}`;

  test.each([
    ['$$ begin perform arr[1:2]; commit; end $$', '2:36'],
    ["$$ declare x text = 'a:b'; begin x := y::text; commit; end $$", undefined],
    ["$$ begin perform 'it''s :x', \":y\"; -- :z\n commit; /* :a */ end $$", undefined],
    ['$$ begin perform arr[1 : n]; commit; end $$', undefined],
    ['$$ begin perform arr[i:j]; commit; end $$', '2:36'],
    ["'begin perform arr[1:2]; commit; end'", undefined],
    ["$$ begin perform E'it\\'s :x'; commit; end $$", '2:39'],
    ['$$ begin commit; /* /* */ :x */ end $$', '2:40'],
  ])('%s', async (body, place) => {
    expect(await problemsOf(alone(body))).toEqual(place ? [`${place} data-api-parameter`] : []);
  });

  test('no more than 65,536 characters', async () => {
    const sql = `-- migrate:up transaction:false\nselect 1;\ncreate index concurrently i on t (a) where b <> '${'x'.repeat(65_000)}'`;
    expect(await problemsOf(sql)).toEqual(['3:1 statement-too-long']);
    expect(await problemsOf(sql.replace('x'.repeat(1000), ''))).toEqual([]);
  });

  test('the scanner knows what the service knows', () => {
    expect(firstParameter('select a::text, \':x\', ":y", b := 1, c : d -- :z')).toBeUndefined();
    expect(firstParameter('select :name')).toBe(7);
    expect(firstParameter('select $$:1$$')).toBe(9);
  });
});

describe('relations named without a schema, which a run has to find', () => {
  // They stand where the mark is.
  test.each([
    'create index concurrently i on ^t (a);',
    'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "on" /* on x */ ON ONLY ^"T ü" USING btree (a);',
    'create index concurrently i on s.t (a);',
    'drop index concurrently ^i;',
    'drop index concurrently if exists ^i cascade;',
    'drop index concurrently s . i;',
    'reindex index concurrently ^i;',
    'reindex (verbose, concurrently) table ^t;',
    'reindex (concurrently, tablespace "table") table s.t;',
    'alter table ^p detach partition ^q concurrently;',
    'alter table if exists only ^p detach partition s.q concurrently',
    'alter table s.p detach partition ^"q "" 漢" concurrently',
    'vacuum t;',
  ])('%s', async marked => {
    const { up } = await compileOne(`-- c ü\n${marked.replaceAll('^', '')}\n-- end\n`);
    const [one] = statementsOf({ up });
    const found = (up.facts.alone[0]!.unqualified ?? []).toReversed();
    const shown = found.reduce(
      (text, at) => `${text.slice(0, one!.length - at)}^${text.slice(one!.length - at)}`,
      one!,
    );
    expect(shown).toContain(marked);
    expect(found).toHaveLength(marked.split('^').length - 1);
  });
});

describe('settings', () => {
  const stepwise = (sql: string) => `-- migrate:up transaction:false\n${sql}`;
  const index = 'create index concurrently i on t (a);';

  test.each([
    [`set lock_timeout = '5s';\n${index}`, 'warnings', ['2:1 set-out-of-reach']],
    [
      `set maintenance_work_mem = '1GB';\n${index}\n${index.replace(' i ', ' j ')}`,
      'warnings',
      ['2:1 set-out-of-reach'],
    ],
    [`set search_path = a;\n${index}`, 'errors', ['2:1 set-out-of-reach']],
    [`set role a;\n${index}`, 'errors', ['2:1 set-out-of-reach']],
    [`select set_config('search_path', '', false);\n${index}`, 'errors', ['2:1 set-out-of-reach']],
    [`set search_path = a;\nselect 1;\nreset search_path;\n${index}`, 'errors', []],
    [`set search_path = a;\nreset all;\n${index}`, 'errors', []],
    [`${index}\nset search_path = a;\nselect 1`, 'errors', []],
    ['set local work_mem = 1;\nselect 1', 'warnings', ['2:1 set-local']],
    ['create temp table a (b int);\nselect 1', 'errors', ['2:1 session-object']],
    ['create table pg_temp.a (b int);\nselect 1', 'errors', ['2:1 session-object']],
    ['create temp table a as select 1;\nselect 1', 'errors', ['2:1 session-object']],
    ['create temp view a as select 1;\nselect 1', 'errors', ['2:1 session-object']],
    ['prepare p as select 1;\nexecute p', 'errors', ['2:1 session-object']],
    ['select 1;\ncreate temp table a (b int);', 'errors', []],
  ] as const)('%j', async (sql, which, expected) => {
    expect(await problemsOf(stepwise(sql), which)).toEqual(expected);
  });

  test.each([
    ["set statement_timeout = '5s'", ['1:1 statement-timeout']],
    ['set statement_timeout = 0', []],
    ['set transaction_timeout = 0; select 1', []],
    ["set transaction_timeout = '1min'; select 1", ['1:1 transaction-timeout']],
    // It is left out, so that nothing remains.
    ['set transaction_timeout = 0', ['1:1 empty-migration']],
    ["set transaction_timeout = '1min'", ['1:1 transaction-timeout', '1:1 empty-migration']],
    ["set lock_timeout = '5s'; set search_path = a", []],
  ])('atomic: %s', async (sql, expected) => {
    expect(await problemsOf(sql, 'warnings')).toEqual(expected);
  });

  test('what is set for the session', async () => {
    const { up } = await compileOne(
      "set a.b = 1; select 1; reset a.b; set local c.d = 1; select set_config('e.f', 'x', false); select set_config('e.f', 'x', true); set role none; set time zone 'UTC'",
    );
    expect(up.facts.session).toEqual([1, 3, 5, 7, 8]);
    expect(up.facts.rows).toEqual([2, 5, 6]);
  });
});
