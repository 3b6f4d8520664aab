import { describe, expect, test } from 'vitest';
import { compileFiles, compileOne } from './folder.ts';

describe('not to be done twice', () => {
  test.each([
    ['DROP TABLE s.t', 'drops table t'],
    ['DROP TABLE IF EXISTS t CASCADE', 'drops table t'],
    ['DROP MATERIALIZED VIEW m', 'drops materialized view m'],
    ['DROP FUNCTION f(int)', 'drops function f'],
    ['DROP TYPE e', 'drops type e'],
    ['DROP SCHEMA app', 'drops schema app'],
    ['DROP TRIGGER tr ON t', 'drops trigger tr'],
    ['DROP ROLE r', 'drops role'],
    ['DROP OWNED BY r', 'drops what a role owns'],
    ['TRUNCATE t', 'truncates t'],
    ['DELETE FROM t WHERE false', 'deletes from t'],
    ['UPDATE t SET a = 1', 'updates t'],
    ['MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DO NOTHING', 'merges into t'],
    ['INSERT INTO t VALUES (1)', 'inserts into t without ON CONFLICT'],
    ['WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x', 'deletes from t'],
    ['WITH x AS (UPDATE t SET a = 1) INSERT INTO u VALUES (1) ON CONFLICT DO NOTHING', 'updates t'],
    ['EXPLAIN ANALYZE INSERT INTO t VALUES (1)', 'inserts into t without ON CONFLICT'],
    ['ALTER TABLE t DROP COLUMN a', 'drops column a of t'],
    ['ALTER TABLE t ADD b int, DROP CONSTRAINT c', 'drops constraint c of t'],
    ['ALTER TABLE t DETACH PARTITION p', 'detaches a partition of t'],
    ['ALTER TABLE t ALTER a TYPE int USING a * 100', 'converts a of t'],
    ['ALTER TABLE t RENAME TO u', 'renames t'],
    ['ALTER TABLE t RENAME a TO b', 'renames a'],
    ["ALTER TYPE e RENAME VALUE 'a' TO 'b'", 'renames a value'],
    ['ALTER SEQUENCE s RESTART', 'restarts sequence s'],
    ['ALTER TABLE t ALTER a RESTART WITH 5', 'restarts the sequence a of t'],
    ['CREATE INDEX ON t (a)', 'creates an index without a name on t'],
    ['ALTER TABLE t ADD CHECK (a > 1)', 'adds a constraint without a name to t'],
    ['ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u', 'adds a constraint without a name to t'],
    ['ALTER DOMAIN d ADD CHECK (value > 1)', 'adds a constraint without a name'],
    ['ALTER DOMAIN d DROP CONSTRAINT c', 'drops from a domain'],
    ["SELECT setval('s', 1)", 'calls setval'],
    ["SELECT nextval('s')", 'calls nextval'],
    ['CALL p()', 'calls a procedure'],
    ['EXECUTE p', 'executes a prepared statement'],
    ['EXPLAIN ANALYZE EXECUTE p', 'executes a prepared statement'],
    ["COPY t FROM '/x'", 'copies into t'],
    ["DO $$ BEGIN EXECUTE 'drop table t'; END $$", 'runs a DO block with EXECUTE'],
    ['DO $$ BEGIN UPDATE t SET a = 1; END $$', 'runs a DO block with UPDATE'],
    ['DO $$ BEGIN PERFORM f(); END $$', 'runs a DO block with PERFORM'],
    ['DO $$ BEGIN CREATE INDEX ON t (a); END $$', 'runs a DO block with INDEX'],
    ["DO 'x' LANGUAGE plpython3u", 'runs a DO block in plpython3u'],
  ])('%s', async (sql, what) => {
    expect((await compileOne(`create table a (b int);\n${sql}`)).destructive).toEqual({ what, line: 2 });
  });

  test('the first one counts', async () => {
    const { destructive } = await compileOne('create table a (b int);\n\ntruncate a;\ndrop table a;');
    expect(destructive).toEqual({ what: 'truncates a', line: 3 });
  });

  test('a call of a function that the folder makes', async () => {
    const { manifest } = await compileFiles({
      '1_a.sql': 'create function Change() returns void language sql as $$ delete from t $$',
      '2_b.sql': 'select 1;\nselect change();\ndrop table t',
      '3_c.sql': 'select count(*) from t',
      '4_d.sql': 'select * from app.change()',
      '5_e.sql': 'create view v as select change()',
      '6_f.sql': 'do $$ declare x int; begin x := change(); end $$',
      '7_g.sql': 'do $$ declare x int; begin x := coalesce(1, 2); end $$',
    });
    expect(manifest.migrations.slice(1).map(({ destructive }) => destructive)).toEqual([
      null,
      { what: 'calls function change', line: 2 },
      null,
      { what: 'calls function change', line: 1 },
      null,
      { what: 'calls function change', line: 1 },
      null,
    ]);
  });
});

describe('harmless', () => {
  test.each([
    'CREATE TABLE t (a int CHECK (a > 1))',
    'CREATE INDEX i ON t (a)',
    'INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING',
    'ALTER TABLE t ADD b int',
    'ALTER TABLE t ALTER a DROP NOT NULL',
    'ALTER TABLE t ALTER a DROP DEFAULT',
    'ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1)',
    'ALTER TABLE t ADD PRIMARY KEY (a)',
    'CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM t $$',
    'CREATE FUNCTION f() RETURNS void BEGIN ATOMIC DELETE FROM t; END',
    'CREATE RULE r AS ON INSERT TO t DO ALSO DELETE FROM u',
    "CREATE TABLE t (a int DEFAULT nextval('s'))",
    'EXPLAIN INSERT INTO t VALUES (1)',
    'PREPARE p AS DELETE FROM t',
    "COPY t TO PROGRAM 'cat'",
    'GRANT DELETE ON t TO r',
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'e') THEN CREATE TYPE e AS ENUM ('drop'); END IF; END $$",
    'DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT c FOREIGN KEY (a) REFERENCES u ON DELETE CASCADE ON UPDATE CASCADE; EXCEPTION WHEN duplicate_object THEN NULL; END $$',
    'DO $$ BEGIN CREATE TRIGGER tr BEFORE INSERT OR UPDATE OR DELETE ON t FOR EACH ROW EXECUTE FUNCTION f(); END $$',
    'DO $$ BEGIN GRANT EXECUTE ON FUNCTION f TO r; GRANT SELECT, INSERT, UPDATE ON t TO r; END $$',
  ])('%s', async sql => {
    expect((await compileOne(sql)).destructive).toBeNull();
  });

  test.each([
    'DROP VIEW IF EXISTS v; CREATE VIEW v AS SELECT 1',
    'DROP FUNCTION IF EXISTS app.f(int); CREATE FUNCTION app.f(int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'DROP TRIGGER IF EXISTS tr ON app.t; CREATE TRIGGER tr AFTER INSERT ON app.t EXECUTE FUNCTION f()',
    'DROP POLICY IF EXISTS p ON t; CREATE POLICY p ON t',
    'DROP RULE IF EXISTS r ON t; CREATE RULE r AS ON INSERT TO t DO ALSO NOTIFY a',
  ])('%s: it is made again', async sql => {
    expect((await compileOne(sql)).destructive).toBeNull();
    expect((await compileOne(sql.replace(' IF EXISTS', ''))).destructive).not.toBeNull();
    expect((await compileOne(sql.replace(';', ' CASCADE;'))).destructive).not.toBeNull();
    expect((await compileOne(sql.split('; ').toReversed().join('; '))).destructive).not.toBeNull();
    expect((await compileOne(sql.split('; ')[0]!)).destructive).not.toBeNull();
  });

  test('a table that is made again has lost its rows', async () => {
    expect((await compileOne('DROP TABLE IF EXISTS t; CREATE TABLE t (a int)')).destructive).not.toBeNull();
    expect(
      (await compileOne('DROP MATERIALIZED VIEW IF EXISTS t; CREATE MATERIALIZED VIEW t AS SELECT 1')).destructive,
    ).not.toBeNull();
  });
});
