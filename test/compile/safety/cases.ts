import type { Cases } from './rule-suite.ts';

/** What earlier migrations have made. */
export const BEFORE = `
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
  CREATE TABLE logs_new (id int NOT NULL, at timestamptz, CHECK (id >= 11 AND id < 20));
  CREATE TABLE parts (id int) PARTITION BY RANGE (id);
  CREATE TABLE parts_old PARTITION OF parts FOR VALUES FROM (100) TO (200);
  CREATE TABLE part_new (id int NOT NULL, CHECK (id >= 11 AND id < 20));
  CREATE TABLE part_null (id int, CHECK (id >= 11 AND id < 20));
  CREATE TABLE part_proven (id int, CHECK (id IS NOT NULL AND id >= 11 AND id < 20));
  CREATE TABLE part_raw (id int);
  CREATE TABLE keyless (id int, n int NOT NULL);
  CREATE UNIQUE INDEX keyless_id ON keyless (id);
  CREATE UNIQUE INDEX keyless_n ON keyless (n);
  CREATE TABLE sums (a int, b int GENERATED ALWAYS AS (a + 1) STORED);
  CREATE SEQUENCE s;
  CREATE VIEW names AS SELECT id FROM parents;
  CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM users;
  CREATE UNIQUE INDEX totals_count ON totals (count);
`;

/** For each rule for PostgreSQL: statements that it must find, and statements that it must not. */
export const CASES: Cases = {
  'require-concurrent-index-creation': {
    found: [
      ['CREATE INDEX i ON users (email)', 'danger', 'users'],
      ['CREATE UNIQUE INDEX ON users (lower(email))', 'danger', 'users'],
      ['CREATE INDEX i ON logs (at)', 'danger', 'logs'],
      ['CREATE INDEX i ON unknown_to_the_folder (a)', 'danger', 'unknown_to_the_folder'],
    ],
    silent: [
      ['CREATE INDEX CONCURRENTLY i ON users (email)', { atomic: false }],
      'CREATE TABLE n (id int); CREATE INDEX i ON n (id)',
      'CREATE INDEX i ON totals (count)',
      'CREATE INDEX i ON ONLY logs (at)',
      'TRUNCATE users; CREATE INDEX i ON users (email)',
      'CREATE TEMP TABLE x (id int); CREATE INDEX i ON x (id)',
    ],
  },
  'adding-field-with-default': {
    found: [
      ['ALTER TABLE users ADD COLUMN a uuid DEFAULT gen_random_uuid()', 'danger', 'users.a'],
      ["ALTER TABLE users ADD COLUMN a int DEFAULT nextval('s')", 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN a int DEFAULT changing()', 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN a bigserial', 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN a int GENERATED ALWAYS AS IDENTITY', 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN a int GENERATED ALWAYS AS (age + 1) STORED', 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN a positive', 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN a int DEFAULT somebodys()', 'caution', 'users.a'],
    ],
    silent: [
      "ALTER TABLE users ADD COLUMN a text DEFAULT 'x'",
      'ALTER TABLE users ADD COLUMN a int DEFAULT -1',
      'ALTER TABLE users ADD COLUMN a timestamptz NOT NULL DEFAULT now()',
      "ALTER TABLE users ADD COLUMN a timestamptz DEFAULT now() + interval '1 day'",
      'ALTER TABLE users ADD COLUMN a int DEFAULT steady()',
      "ALTER TABLE users ADD COLUMN a jsonb DEFAULT '{}'::jsonb",
      'ALTER TABLE users ADD COLUMN a text[] DEFAULT ARRAY[]::text[]',
      'ALTER TABLE users ADD COLUMN IF NOT EXISTS email uuid DEFAULT gen_random_uuid()',
      'ALTER TABLE users ADD COLUMN a plain',
    ],
  },
  'adding-required-field': {
    found: [
      ['ALTER TABLE users ADD COLUMN a int NOT NULL', 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN a int NOT NULL DEFAULT NULL', 'danger', 'users.a'],
      ['ALTER TABLE part_raw ADD COLUMN a int PRIMARY KEY', 'danger', 'part_raw.a'],
    ],
    silent: [
      'ALTER TABLE users ADD COLUMN a int NOT NULL DEFAULT 0',
      'ALTER TABLE users ADD COLUMN a int',
      'ALTER TABLE users ADD COLUMN a bigserial NOT NULL',
      'DELETE FROM users; ALTER TABLE users ADD COLUMN a int NOT NULL',
    ],
  },
  'adding-not-nullable-field': {
    found: [
      ['ALTER TABLE users ALTER COLUMN email SET NOT NULL', 'danger', 'users.email'],
      ['ALTER TABLE users ALTER COLUMN age SET NOT NULL', 'danger', 'users.age'],
    ],
    silent: [
      'ALTER TABLE users ALTER COLUMN proven SET NOT NULL',
      'ALTER TABLE users ALTER COLUMN id SET NOT NULL',
      'ALTER TABLE part_proven ALTER COLUMN id SET NOT NULL',
      'CREATE TABLE n (a int); ALTER TABLE n ALTER a SET NOT NULL',
    ],
  },
  'adding-foreign-key-constraint': {
    found: [
      ['ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (parent) REFERENCES parents', 'danger', 'users.f'],
      ['ALTER TABLE users ADD FOREIGN KEY (parent) REFERENCES parents', 'danger', 'users.users_parent_fkey'],
      ['ALTER TABLE users ADD COLUMN a bigint DEFAULT 1 REFERENCES parents', 'danger', 'users.a'],
      [
        'ALTER TABLE users ADD COLUMN a bigint; ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES parents',
        'caution',
        'users.f',
      ],
    ],
    silent: [
      'ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (parent) REFERENCES parents NOT VALID',
      'ALTER TABLE users ADD COLUMN a bigint REFERENCES parents',
      'CREATE TABLE n (p bigint REFERENCES parents)',
      'CREATE TABLE n (p bigint); ALTER TABLE n ADD FOREIGN KEY (p) REFERENCES parents',
    ],
  },
  'constraint-missing-not-valid': {
    found: [
      ['ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0)', 'danger', 'users.c'],
      ['ALTER TABLE users ADD COLUMN a int CHECK (a > 0)', 'caution', 'users.users_a_check'],
      ['ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NO INHERIT', 'danger', 'users.c'],
      ['ALTER TABLE users ADD CONSTRAINT c CHECK (false)', 'danger', 'users.c'],
      ['ALTER TABLE users ADD CONSTRAINT c CHECK (true) NO INHERIT', 'danger', 'users.c'],
    ],
    silent: [
      'ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID',
      'CREATE TABLE n (a int CHECK (a > 0))',
      'ALTER TABLE ONLY users ADD CHECK (false) NO INHERIT',
    ],
  },
  'validate-in-same-transaction': {
    found: [
      [
        'ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT c',
        'danger',
        'users.c',
      ],
    ],
    silent: [
      'ALTER TABLE users VALIDATE CONSTRAINT unproven',
      [
        'ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID; ALTER TABLE users VALIDATE CONSTRAINT c',
        { atomic: false },
      ],
    ],
  },
  'slow-statement-after-lock': {
    found: [
      ['ALTER TABLE users ADD COLUMN a int; UPDATE users SET a = 1', 'danger', 'users'],
      [
        'ALTER TABLE users ADD COLUMN a int; DELETE FROM parents WHERE id > 1; UPDATE users SET a = 1',
        'danger',
        'parents',
      ],
      ['ALTER TABLE users ALTER age DROP DEFAULT; ALTER TABLE users VALIDATE CONSTRAINT unproven', 'danger', 'users'],
      ['ALTER TABLE users ADD COLUMN a int; INSERT INTO parents SELECT id FROM users', 'danger', 'parents'],
      [
        'ALTER TABLE users RENAME TO old; CREATE TABLE users (id int); INSERT INTO users SELECT id FROM old',
        'danger',
        'old',
      ],
    ],
    silent: [
      ['ALTER TABLE users ADD COLUMN a int; UPDATE users SET a = 1', { atomic: false }],
      'UPDATE users SET checked = 1; ALTER TABLE users ADD COLUMN a int',
      'ALTER TABLE users ADD COLUMN a int; UPDATE users SET a = 1 WHERE id = 7',
      'ALTER TABLE users ADD COLUMN a int; INSERT INTO parents VALUES (3)',
      'CREATE TABLE n (id int); INSERT INTO n SELECT id FROM users',
      'ALTER TABLE users ADD COLUMN a int; CREATE TABLE n (oid oid); INSERT INTO n SELECT oid FROM pg_class',
      'ALTER TABLE users ADD COLUMN a int; UPDATE schema_version SET version = 3',
    ],
  },
  'disallowed-unique-constraint': {
    found: [
      ['ALTER TABLE users ADD CONSTRAINT u UNIQUE (email)', 'danger', 'users.u'],
      ['ALTER TABLE users ADD COLUMN a int UNIQUE', 'danger', 'users.users_a_key'],
    ],
    silent: ['ALTER TABLE users ADD CONSTRAINT u UNIQUE USING INDEX users_age', 'CREATE TABLE n (a int UNIQUE)'],
  },
  'adding-primary-key': {
    found: [
      ['ALTER TABLE part_raw ADD PRIMARY KEY (id)', 'danger', 'part_raw.part_raw_pkey'],
      ['ALTER TABLE keyless ADD CONSTRAINT k PRIMARY KEY USING INDEX keyless_id', 'danger', 'keyless.k'],
    ],
    silent: [
      'ALTER TABLE keyless ADD PRIMARY KEY USING INDEX keyless_n',
      'CREATE TABLE n (id int); ALTER TABLE n ADD PRIMARY KEY (id)',
      'CREATE TABLE n (id int PRIMARY KEY)',
    ],
  },
  'adding-exclusion-constraint': {
    found: [
      ['ALTER TABLE users ADD CONSTRAINT x EXCLUDE USING gist (seen WITH =)', 'danger', 'users'],
      ['ALTER TABLE users ADD CONSTRAINT x EXCLUDE USING gist (tstzrange(seen, seen) WITH &&)', 'danger', 'users'],
    ],
    silent: ['CREATE TABLE n (a int, EXCLUDE USING btree (a WITH =))'],
  },
  'changing-column-type': {
    found: [
      ['ALTER TABLE users ALTER age TYPE bigint', 'danger', 'users.age'],
      ['ALTER TABLE users ALTER nick TYPE varchar(20)', 'danger', 'users.nick'],
      ['ALTER TABLE users ALTER email TYPE varchar(255)', 'danger', 'users.email'],
      ['ALTER TABLE users ALTER code TYPE text', 'danger', 'users.code'],
      ['ALTER TABLE users ALTER doc TYPE jsonb', 'danger', 'users.doc'],
      ['ALTER TABLE users ALTER price TYPE numeric(12,4)', 'danger', 'users.price'],
      ["ALTER TABLE users ALTER seen TYPE timestamp USING seen AT TIME ZONE 'UTC'", 'danger', 'users.seen'],
      ["SET timezone = 'Europe/Berlin'; ALTER TABLE users ALTER seen TYPE timestamp", 'danger', 'users.seen'],
      ['ALTER TABLE users ALTER born TYPE timestamptz', 'danger', 'users.born'],
      ['ALTER TABLE users ALTER nick TYPE varchar(50) COLLATE "C"', 'danger', 'users.nick'],
      ['ALTER TABLE users ALTER plain TYPE positive', 'danger', 'users.plain'],
      ['ALTER TABLE elsewhere ALTER a TYPE bigint', 'caution', 'elsewhere.a'],
      ['ALTER TABLE users ALTER checked TYPE int', 'caution', 'users.checked'],
    ],
    silent: [
      'ALTER TABLE users ALTER nick TYPE varchar(100)',
      'ALTER TABLE users ALTER nick TYPE text USING nick::text',
      'ALTER TABLE users ALTER email TYPE varchar',
      'ALTER TABLE users ALTER price TYPE numeric(12,2)',
      'ALTER TABLE users ALTER price TYPE numeric',
      'ALTER TABLE users ALTER seen TYPE timestamp',
      'ALTER TABLE users ALTER email TYPE text COLLATE "C"',
      'ALTER TABLE users ALTER plain TYPE int',
    ],
  },
  'table-rewrite': {
    found: [
      ['ALTER TABLE users SET UNLOGGED', 'danger', 'users'],
      ['ALTER TABLE users SET TABLESPACE fast', 'danger', 'users'],
      ['ALTER TABLE sums ALTER b SET EXPRESSION AS (a + 2)', 'danger', 'sums'],
    ],
    silent: ['ALTER TABLE users SET (fillfactor = 90)', 'ALTER TABLE users SET ACCESS METHOD heap'],
  },
  'vacuum-full': {
    found: [
      ['VACUUM FULL users', 'danger', 'users', { atomic: false }],
      ['VACUUM (FULL) ', 'danger', 'all tables', { atomic: false }],
    ],
    silent: [['VACUUM users', { atomic: false }]],
  },
  cluster: {
    found: [['CLUSTER users USING users_born', 'danger', 'users', { atomic: false }]],
    silent: ['CREATE TABLE n (id int PRIMARY KEY); CLUSTER n USING n_pkey'],
  },
  'require-concurrent-reindex': {
    found: [
      ['REINDEX TABLE users', 'danger', 'users'],
      ['REINDEX INDEX users_born', 'danger', 'users_born'],
    ],
    silent: [['REINDEX TABLE CONCURRENTLY users', { atomic: false }]],
  },
  'ban-alter-domain-with-add-constraint': {
    found: [
      ['ALTER DOMAIN plain ADD CONSTRAINT c CHECK (VALUE > 0)', 'danger', 'plain'],
      ['ALTER DOMAIN plain SET NOT NULL', 'danger', 'plain'],
    ],
    silent: [
      'ALTER DOMAIN plain ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID',
      'CREATE DOMAIN d AS int; ALTER DOMAIN d SET NOT NULL',
    ],
  },
  'renaming-column': {
    found: [
      ['ALTER TABLE users RENAME COLUMN email TO mail', 'danger', 'users.email'],
      [
        'ALTER TABLE users RENAME COLUMN email TO mail; ALTER TABLE parents ADD COLUMN email text',
        'danger',
        'users.email',
      ],
    ],
    silent: [
      'ALTER TABLE users RENAME COLUMN email TO old; ALTER TABLE users ADD COLUMN email text',
      'ALTER TABLE users ADD COLUMN a int; ALTER TABLE users RENAME COLUMN a TO b',
      'CREATE TABLE n (a int); ALTER TABLE n RENAME a TO b',
    ],
  },
  'renaming-table': {
    found: [
      ['ALTER TABLE users RENAME TO people', 'danger', 'users'],
      ['ALTER TABLE users SET SCHEMA other', 'danger', 'users'],
    ],
    silent: [
      'ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people',
      'ALTER TABLE users RENAME TO old; CREATE TABLE users (id int)',
      'CREATE TABLE users_new (id int); DROP TABLE users; ALTER TABLE users_new RENAME TO users',
    ],
  },
  'renaming-view': {
    found: [['ALTER VIEW names RENAME TO emails', 'danger', 'names']],
    silent: ['CREATE VIEW n AS SELECT 1; ALTER VIEW n RENAME TO m'],
  },
  'renaming-enum-value': {
    found: [["ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'", 'danger', 'mood.ok']],
    silent: ["ALTER TYPE mood ADD VALUE 'fine'", "CREATE TYPE e AS ENUM ('a'); ALTER TYPE e RENAME VALUE 'a' TO 'b'"],
  },
  'renaming-schema': {
    found: [['ALTER SCHEMA audit RENAME TO log', 'danger', 'audit']],
    silent: ['CREATE SCHEMA audit'],
  },
  'ban-drop-table': {
    found: [
      ['DROP TABLE users', 'caution', 'users'],
      ['DROP TABLE IF EXISTS nobody_made', 'note', 'nobody_made'],
    ],
    silent: [
      'CREATE TABLE n (id int); DROP TABLE n',
      'CREATE TABLE users_new (id int); DROP TABLE users; ALTER TABLE users_new RENAME TO users',
      'ALTER TABLE users RENAME TO old; CREATE TABLE users (id int); DROP TABLE old',
    ],
  },
  'ban-drop-column': {
    found: [
      ['ALTER TABLE users DROP COLUMN email', 'caution', 'users.email'],
      ['ALTER TABLE users ADD COLUMN a text; ALTER TABLE users DROP COLUMN email', 'caution', 'users.email'],
    ],
    silent: [
      'ALTER TABLE users ADD COLUMN a int; ALTER TABLE users DROP COLUMN a',
      `ALTER TABLE users RENAME COLUMN email TO old; ALTER TABLE users ADD COLUMN email varchar(9); UPDATE users SET email = old;
       ALTER TABLE users DROP COLUMN old`,
      `ALTER TABLE users ADD COLUMN a varchar(9); UPDATE users SET a = email; ALTER TABLE users DROP COLUMN email;
       ALTER TABLE users RENAME COLUMN a TO email`,
    ],
  },
  'ban-drop-view': {
    found: [['DROP VIEW names', 'caution', 'names']],
    silent: ['DROP VIEW names; CREATE VIEW names AS SELECT 1', 'DROP VIEW IF EXISTS nobody_made'],
  },
  'ban-drop-cascade': {
    found: [
      ['DROP TABLE users CASCADE', 'caution', 'users'],
      ['ALTER TABLE users DROP COLUMN email CASCADE', 'caution', 'users.email'],
      ['DROP FUNCTION IF EXISTS Steady() CASCADE', 'caution', 'steady'],
      ['DROP FUNCTION nobody_made() CASCADE', 'caution', 'nobody_made'],
      ['DROP TYPE IF EXISTS mood CASCADE', 'caution', 'mood'],
      ['DROP DOMAIN IF EXISTS plain CASCADE', 'caution', 'plain'],
      ['CREATE TYPE pair AS (a int, b int); DROP TYPE IF EXISTS pair CASCADE', 'caution', 'pair'],
      ['CREATE TYPE span AS RANGE (subtype = int); DROP TYPE IF EXISTS span CASCADE', 'caution', 'span'],
      ['DROP SEQUENCE IF EXISTS s CASCADE', 'caution', 's'],
    ],
    silent: [
      'DROP TABLE IF EXISTS nobody_made CASCADE',
      'CREATE TABLE n (id int); DROP TABLE n CASCADE',
      'DROP TRIGGER IF EXISTS touched ON users CASCADE',
      'DROP FUNCTION IF EXISTS nobody_made(int) CASCADE',
      'DROP TYPE IF EXISTS nobody_made CASCADE',
    ],
  },
  'ban-drop-schema': { found: [['DROP SCHEMA audit', 'danger', 'audit']], silent: ['CREATE SCHEMA audit'] },
  'ban-drop-database': {
    found: [['DROP DATABASE app', 'danger', 'app', { atomic: false }]],
    silent: [['CREATE DATABASE app', { atomic: false }]],
  },
  'ban-truncate': {
    found: [
      ['TRUNCATE users', 'caution', 'users'],
      ['TRUNCATE users CASCADE', 'danger', 'users'],
    ],
    silent: ['CREATE TABLE n (id int); TRUNCATE n'],
  },
  'change-of-all-rows': {
    found: [
      ['UPDATE users SET checked = 1', 'caution', 'users'],
      ['UPDATE users SET checked = 1 FROM parents', 'caution', 'users'],
      ['DELETE FROM users', 'caution', 'users'],
      ['DELETE FROM schema_version', 'caution', 'schema_version'],
      ['UPDATE document_version SET author = 3', 'caution', 'document_version'],
      ['UPDATE documents SET schema_version = 3', 'caution', 'documents'],
      ['DELETE FROM users USING parents', 'caution', 'users'],
    ],
    silent: [
      'UPDATE users SET checked = 1 WHERE age = 2',
      'UPDATE users SET checked = 1 FROM parents WHERE parents.id = users.parent AND users.age = 12',
      'CREATE TABLE n (a int); UPDATE n SET a = 1',
      'UPDATE schema_version SET version = 3, minor = 1',
      'UPDATE icinga_dbversion SET version = 3, changed = now()',
      'UPDATE app_version SET schema_version = 3',
    ],
  },
  'lock-table': {
    found: [['LOCK TABLE users', 'caution', 'users']],
    silent: ['LOCK TABLE users IN ROW EXCLUSIVE MODE', 'CREATE TABLE n (a int); LOCK TABLE n'],
  },
  'lock-timeout-raised': {
    found: [
      ["SET lock_timeout = '1min'", 'caution', 'lock_timeout'],
      ['SET LOCAL lock_timeout = 0', 'caution', 'lock_timeout'],
    ],
    silent: ["SET lock_timeout = '5s'", 'SET lock_timeout = 2000', "SET statement_timeout = '1h'"],
  },
  'require-concurrent-refresh': {
    found: [['REFRESH MATERIALIZED VIEW totals', 'caution', 'totals']],
    silent: [
      'REFRESH MATERIALIZED VIEW CONCURRENTLY totals',
      'REFRESH MATERIALIZED VIEW totals WITH NO DATA',
      'CREATE MATERIALIZED VIEW v AS SELECT 1; REFRESH MATERIALIZED VIEW v',
    ],
  },
  'attach-partition': {
    found: [
      ['ALTER TABLE parts ATTACH PARTITION part_raw FOR VALUES FROM (1) TO (2)', 'caution', 'part_raw'],
      ['ALTER TABLE parts ATTACH PARTITION part_null FOR VALUES FROM (11) TO (20)', 'caution', 'part_null'],
      ['ALTER TABLE logs ATTACH PARTITION logs_new FOR VALUES FROM (11) TO (20)', 'danger', 'logs_new'],
    ],
    silent: [
      'ALTER TABLE parts ATTACH PARTITION part_new FOR VALUES FROM (11) TO (20)',
      'ALTER TABLE parts ATTACH PARTITION part_proven FOR VALUES FROM (11) TO (20)',
      'CREATE TABLE n (id int); ALTER TABLE parts ATTACH PARTITION n FOR VALUES FROM (1) TO (2)',
    ],
  },
  'partition-of-live-table': {
    found: [
      ['CREATE TABLE n PARTITION OF logs FOR VALUES FROM (1) TO (2)', 'danger', 'logs'],
      ['CREATE TABLE n PARTITION OF parts FOR VALUES FROM (1) TO (2)', 'note', 'parts'],
    ],
    silent: ['CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE n PARTITION OF p DEFAULT'],
  },
  'require-concurrent-index-deletion': {
    found: [['DROP INDEX users_born', 'note', 'users_born']],
    silent: [['DROP INDEX CONCURRENTLY users_born', { atomic: false }], 'DROP INDEX IF EXISTS nobody_made'],
  },
  'require-concurrent-partition-detach': {
    found: [
      ['ALTER TABLE parts DETACH PARTITION parts_old', 'note', 'parts'],
      ['ALTER TABLE logs DETACH PARTITION logs_rest', 'note', 'logs'],
    ],
    silent: [['ALTER TABLE parts DETACH PARTITION parts_old CONCURRENTLY', { atomic: false }]],
  },
  'ban-drop-not-null': {
    found: [['ALTER TABLE users ALTER id DROP NOT NULL', 'note', 'users.id']],
    silent: ['CREATE TABLE n (a int NOT NULL); ALTER TABLE n ALTER a DROP NOT NULL'],
  },
  'prefer-bigint-over-int': {
    found: [
      ['CREATE TABLE n (id serial PRIMARY KEY)', 'note', 'n.id'],
      ['CREATE TABLE n (id int, PRIMARY KEY (id))', 'note', 'n.id'],
    ],
    silent: ['CREATE TABLE n (id bigint PRIMARY KEY, age int)'],
  },
  'prefer-timestamp-tz': {
    found: [['CREATE TABLE n (at timestamp)', 'note', 'n.at']],
    silent: ['CREATE TABLE n (at timestamptz)'],
  },
  'prefer-jsonb': { found: [['CREATE TABLE n (d json)', 'note', 'n.d']], silent: ['CREATE TABLE n (d jsonb)'] },
  'prefer-identity': {
    found: [['CREATE TABLE n (id bigserial)', 'note', 'n.id']],
    silent: ['CREATE TABLE n (id bigint GENERATED BY DEFAULT AS IDENTITY)'],
  },
  'prefer-text-field': {
    found: [['ALTER TABLE users ADD COLUMN a varchar(10)', 'note', 'users.a']],
    silent: ['ALTER TABLE users ADD COLUMN a text', 'ALTER TABLE users ADD COLUMN a varchar'],
  },
  'ban-char-field': {
    found: [['CREATE TABLE n (c char(3))', 'note', 'n.c']],
    silent: ['CREATE TABLE n (c "char", v varchar(3))'],
  },
};
