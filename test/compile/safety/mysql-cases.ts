import type { Cases } from './rule-suite.ts';

/** What earlier migrations have made. */
export const BEFORE = `
  CREATE TABLE parents (id bigint PRIMARY KEY, n int) DEFAULT CHARSET = utf8mb4;
  CREATE TABLE users (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(50), nick varchar(250), bio text, age int NOT NULL, born int,
    kind enum('a','b'), flags set('a','b'), price decimal(10,2), old varchar(50) CHARACTER SET utf8mb3,
    old_long varchar(70) CHARACTER SET utf8mb3, old_key varchar(20) CHARACTER SET utf8mb3, latin varchar(50) CHARACTER SET latin1,
    raw varbinary(20), code char(10), doc json, parent bigint, place point NOT NULL SRID 0, seen timestamp NULL,
    twice int AS (age * 2) VIRTUAL, thrice int AS (age * 3) STORED, last int,
    KEY users_born (born), KEY users_nick (nick), KEY users_old_key (old_key), CONSTRAINT positive CHECK (age > 0) NOT ENFORCED
  ) DEFAULT CHARSET = utf8mb4;
  CREATE TABLE posts (id bigint PRIMARY KEY, title text, n int, m int, KEY posts_m (m), FULLTEXT KEY posts_title (title)) DEFAULT CHARSET = utf8mb4;
  CREATE TABLE logs (id int, at int, KEY logs_id (id)) PARTITION BY RANGE (id)
    (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN (20), PARTITION p2 VALUES LESS THAN (30));
  CREATE TABLE shards (id int) PARTITION BY HASH (id) PARTITIONS 4;
  CREATE TABLE olds (id int PRIMARY KEY, name varchar(20)) DEFAULT CHARSET = utf8mb3;
  CREATE TABLE old_texts (id int PRIMARY KEY, body text) DEFAULT CHARSET = utf8mb3;
  CREATE TABLE keyless (id int NOT NULL, v int NOT NULL);
  CREATE VIEW names AS SELECT email FROM users;
  CREATE TABLE people (id int PRIMARY KEY, label varchar(30)) DEFAULT CHARSET = utf8mb4;
  ALTER TABLE people RENAME TO persons;
  ALTER TABLE persons CHANGE label title varchar(30);
`;

/** For each rule for MySQL: statements that it must find, and statements that it must not. */
export const CASES: Cases = {
  'changing-column-type': {
    found: [
      ['ALTER TABLE users MODIFY age bigint NOT NULL', 'danger', 'users.age'],
      ['ALTER TABLE users MODIFY COLUMN `age` int unsigned NOT NULL', 'danger', 'users.age'],
      ['ALTER TABLE users MODIFY email varchar(100)', 'danger', 'users.email'],
      ['ALTER TABLE users MODIFY email varchar(20)', 'danger', 'users.email'],
      ['ALTER TABLE users MODIFY email text', 'danger', 'users.email'],
      ['ALTER TABLE users MODIFY bio mediumtext', 'danger', 'users.bio'],
      ['ALTER TABLE users MODIFY price decimal(12,2)', 'danger', 'users.price'],
      ['ALTER TABLE users MODIFY seen timestamp(6) NULL', 'danger', 'users.seen'],
      ['ALTER TABLE users MODIFY code char(20)', 'danger', 'users.code'],
      ['ALTER TABLE users MODIFY raw varbinary(300)', 'danger', 'users.raw'],
      ["ALTER TABLE users MODIFY kind enum('a','c','b')", 'danger', 'users.kind'],
      ["ALTER TABLE users MODIFY flags set('a','b','c','d','e','f','g','h','i')", 'danger', 'users.flags'],
      ['ALTER TABLE users CHANGE born birth smallint', 'danger', 'users.born'],
      ['ALTER TABLE parents MODIFY id bigint NOT NULL AUTO_INCREMENT', 'danger', 'parents.id'],
      ['ALTER TABLE users MODIFY id bigint NOT NULL', 'danger', 'users.id'],
      ['ALTER TABLE persons MODIFY title varchar(300)', 'danger', 'persons.title'],
      ['ALTER TABLE strangers MODIFY a varchar(60)', 'caution', 'strangers.a'],
      ["PREPARE p FROM 'ALTER TABLE users MODIFY age bigint NOT NULL'; EXECUTE p", 'danger', 'users.age'],
      ['ALTER TABLE users MODIFY age bigint NOT NULL, MODIFY born bigint', 'danger', 'users.age, users.born'],
    ],
    silent: [
      'ALTER TABLE users MODIFY email varchar(60)',
      'ALTER TABLE users MODIFY nick varchar(500)',
      'ALTER TABLE users MODIFY raw varbinary(30)',
      "ALTER TABLE users MODIFY kind enum('a','b','c')",
      "ALTER TABLE users MODIFY flags set('a','b','c')",
      'ALTER TABLE users MODIFY age int(11) NOT NULL',
      'ALTER TABLE users MODIFY age integer NOT NULL COMMENT "in years"',
      'ALTER TABLE users MODIFY id bigint NOT NULL AUTO_INCREMENT',
      'ALTER TABLE users CHANGE email mail varchar(50)',
      'ALTER TABLE persons MODIFY title varchar(40)',
      'ALTER TABLE users MODIFY age bigint NOT NULL, ALGORITHM=INSTANT',
      'ALTER TABLE users MODIFY age bigint NOT NULL, ALGORITHM=INPLACE',
      'ALTER TABLE users ALGORITHM = INPLACE, LOCK = NONE, MODIFY age bigint NOT NULL',
      'CREATE TABLE n (a int); ALTER TABLE n MODIFY a bigint',
      'CREATE TEMPORARY TABLE n (a int); ALTER TABLE n MODIFY a bigint',
      'TRUNCATE users; ALTER TABLE users MODIFY age bigint NOT NULL',
      'DELETE FROM users; ALTER TABLE users MODIFY age bigint NOT NULL',
    ],
  },
  'adding-foreign-key-constraint': {
    found: [
      ['ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (parent) REFERENCES parents (id)', 'danger', 'users.f'],
      [
        'ALTER TABLE users ADD FOREIGN KEY (parent) REFERENCES parents (id) ON DELETE SET NULL',
        'danger',
        'users.parent',
      ],
      ['ALTER TABLE users ADD COLUMN p bigint REFERENCES parents (id)', 'danger', 'users.p'],
      [
        'SET foreign_key_checks = 0; SET foreign_key_checks = 1; ALTER TABLE users ADD FOREIGN KEY g (parent) REFERENCES parents (id)',
        'danger',
        'users.g',
      ],
      [
        'ALTER TABLE users ADD CONSTRAINT f FOREIGN KEY (parent) REFERENCES parents (id), ADD CONSTRAINT g FOREIGN KEY (parent) REFERENCES parents (id)',
        'danger',
        'users.f, users.g',
      ],
    ],
    silent: [
      'SET foreign_key_checks = 0; ALTER TABLE users ADD FOREIGN KEY (parent) REFERENCES parents (id)',
      'SET @old = @@foreign_key_checks, FOREIGN_KEY_CHECKS = OFF; ALTER TABLE users ADD FOREIGN KEY (parent) REFERENCES parents (id)',
      'CREATE TABLE n (p bigint, FOREIGN KEY (p) REFERENCES parents (id))',
      'CREATE TABLE n (p bigint); ALTER TABLE n ADD FOREIGN KEY (p) REFERENCES parents (id)',
      'ALTER TABLE users ADD FOREIGN KEY (parent) REFERENCES parents (id), ALGORITHM=INPLACE, LOCK=NONE',
      'ALTER TABLE users DROP FOREIGN KEY f',
    ],
  },
  'constraint-missing-not-enforced': {
    found: [
      ['ALTER TABLE users ADD CONSTRAINT c CHECK (born > 0)', 'danger', 'users.c'],
      ['ALTER TABLE users ADD CHECK (born > 0)', 'danger', 'users.CHECK'],
      ['ALTER TABLE users ADD COLUMN a int CHECK (a > 0)', 'danger', 'users.a'],
      ['ALTER TABLE users MODIFY born int CHECK (born > 0)', 'danger', 'users.born'],
      ['ALTER TABLE users ALTER CHECK positive ENFORCED', 'danger', 'users.positive'],
    ],
    silent: [
      'ALTER TABLE users ADD CONSTRAINT c CHECK (born > 0) NOT ENFORCED',
      'ALTER TABLE users ADD COLUMN a int CHECK (a > 0) NOT ENFORCED',
      'ALTER TABLE users ALTER CHECK positive NOT ENFORCED',
      'ALTER TABLE users DROP CHECK positive',
      'ALTER TABLE users DROP CONSTRAINT positive',
      'CREATE TABLE n (a int CHECK (a > 0))',
    ],
  },
  'changing-charset': {
    found: [
      ['ALTER TABLE users CONVERT TO CHARACTER SET latin1', 'danger', 'users'],
      ['ALTER TABLE old_texts CONVERT TO CHARACTER SET utf8mb4', 'danger', 'old_texts'],
      ['ALTER TABLE strangers CONVERT TO CHARACTER SET utf8mb4', 'caution', 'strangers'],
      ['ALTER TABLE users MODIFY latin varchar(50) CHARACTER SET utf8mb4', 'danger', 'users.latin'],
      ['ALTER TABLE users MODIFY latin varchar(50)', 'danger', 'users.latin'],
      ['ALTER TABLE users MODIFY email varchar(50) CHARSET latin1', 'danger', 'users.email'],
      ['ALTER TABLE users MODIFY old_long varchar(70) CHARACTER SET utf8mb4', 'danger', 'users.old_long'],
      ['ALTER TABLE users MODIFY old_key varchar(20) CHARACTER SET utf8mb4', 'danger', 'users.old_key'],
      ['ALTER TABLE users MODIFY nick varchar(250) COLLATE utf8mb4_bin', 'danger', 'users.nick'],
      ['ALTER TABLE users MODIFY nick varchar(250) BINARY', 'danger', 'users.nick'],
    ],
    silent: [
      'ALTER TABLE users MODIFY old varchar(50) CHARACTER SET utf8mb4',
      'ALTER TABLE users MODIFY old varchar(63)',
      'ALTER TABLE users MODIFY email varchar(50) COLLATE utf8mb4_bin',
      'ALTER TABLE users MODIFY bio text COLLATE utf8mb4_bin',
      'ALTER TABLE users MODIFY email varchar(50) BINARY',
      "ALTER TABLE users MODIFY kind enum('a','b') COLLATE utf8mb4_bin",
      'ALTER TABLE users MODIFY nick varchar(250) CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci',
      'ALTER TABLE users DEFAULT CHARACTER SET latin1',
      'ALTER TABLE olds CONVERT TO CHARACTER SET utf8mb4',
      'ALTER TABLE olds CONVERT TO CHARACTER SET utf8',
      'ALTER TABLE users MODIFY latin varchar(50) CHARACTER SET utf8mb4, ALGORITHM=INPLACE, LOCK=NONE',
      'CREATE TABLE n (a text) CHARSET latin1; ALTER TABLE n CONVERT TO CHARACTER SET utf8mb4',
    ],
  },
  'index-blocks-writes': {
    found: [
      ['ALTER TABLE users ADD FULLTEXT INDEX i (bio)', 'danger', 'users'],
      ['CREATE FULLTEXT INDEX i ON users (bio)', 'danger', 'users'],
      ['ALTER TABLE users ADD FULLTEXT (bio), ADD FULLTEXT (nick)', 'danger', 'users'],
      ['ALTER TABLE users ADD SPATIAL INDEX i (place)', 'danger', 'users'],
      ['ALTER TABLE users ADD INDEX i ((age + 1))', 'danger', 'users'],
      ['CREATE UNIQUE INDEX i ON users ((lower(email)), age)', 'danger', 'users'],
      ["ALTER TABLE users ADD INDEX i ((CAST(doc->'$.a' AS UNSIGNED ARRAY)))", 'danger', 'users'],
      ['ALTER TABLE users ADD COLUMN v int AS (age + 1) VIRTUAL, ADD INDEX i (v)', 'danger', 'users'],
      ['ALTER TABLE users ADD COLUMN v int AS (age + 1) VIRTUAL, ADD UNIQUE (v)', 'danger', 'users'],
      ['ALTER TABLE keyless ADD COLUMN n bigint NOT NULL AUTO_INCREMENT UNIQUE', 'danger', 'keyless.n'],
    ],
    silent: [
      'ALTER TABLE users ADD INDEX i (email(10), age DESC)',
      'CREATE INDEX i ON users (twice)',
      'ALTER TABLE users ADD UNIQUE KEY i (seen) USING BTREE',
      'ALTER TABLE users DROP INDEX users_born',
      'CREATE TABLE n (a text, FULLTEXT KEY (a))',
      'CREATE TABLE n (a text); CREATE FULLTEXT INDEX i ON n (a)',
      'CREATE FULLTEXT INDEX i ON users (bio) ALGORITHM=INPLACE LOCK=NONE',
    ],
  },
  'table-copy': {
    found: [
      ['ALTER TABLE users ADD COLUMN a int AS (age + 1) STORED', 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN a int AS (age + 1) VIRTUAL FIRST', 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN a int AS (age + 1) VIRTUAL UNIQUE', 'danger', 'users.a'],
      ['ALTER TABLE users MODIFY twice int AS (age * 4) VIRTUAL', 'danger', 'users.twice'],
      ['ALTER TABLE users MODIFY thrice int AS (age * 4) STORED', 'danger', 'users.thrice'],
      ['ALTER TABLE users ADD COLUMN a json DEFAULT (json_object())', 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN `a` int NOT NULL DEFAULT (1 + 1) AFTER `age`', 'danger', 'users.a'],
      ['ALTER TABLE users ADD COLUMN a char(36) DEFAULT (uuid())', 'danger', 'users.a'],
      ['ALTER TABLE parents DROP PRIMARY KEY', 'danger', 'parents'],
      ['ALTER TABLE parents PARTITION BY HASH (id) PARTITIONS 4', 'danger', 'parents'],
      ['ALTER TABLE logs REMOVE PARTITIONING', 'danger', 'logs'],
      ['ALTER TABLE logs REORGANIZE PARTITION p0, p1 INTO (PARTITION p VALUES LESS THAN (20))', 'danger', 'logs'],
      ['ALTER TABLE shards ADD PARTITION PARTITIONS 2', 'danger', 'shards'],
      ['ALTER TABLE shards COALESCE PARTITION 2', 'danger', 'shards'],
      ['ALTER TABLE users ORDER BY email', 'danger', 'users'],
      ['ALTER TABLE parents ENGINE = MyISAM', 'danger', 'parents'],
      ['ALTER TABLE posts ADD COLUMN a int', 'danger', 'posts.a'],
      ['ALTER TABLE posts DROP COLUMN n', 'danger', 'posts.n'],
      ['ALTER TABLE posts MODIFY n int NOT NULL', 'danger', 'posts.n'],
      ['ALTER TABLE posts ENGINE=InnoDB', 'danger', 'posts'],
      ['OPTIMIZE TABLE posts', 'danger', 'posts'],
      ['ALTER TABLE users ADD INDEX i (age), ALGORITHM=COPY', 'danger', 'users'],
    ],
    silent: [
      'ALTER TABLE users ADD COLUMN a int AS (age + 1) VIRTUAL',
      'ALTER TABLE users ADD COLUMN a int AS (age + 1) VIRTUAL AFTER last',
      'ALTER TABLE users MODIFY twice int AS (`age`*2) VIRTUAL COMMENT "x"',
      'ALTER TABLE users ADD COLUMN a timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP(0) ON UPDATE CURRENT_TIMESTAMP(0)',
      'ALTER TABLE users ADD COLUMN a varchar(20) NOT NULL DEFAULT "x" AFTER id',
      'ALTER TABLE users ALTER COLUMN doc SET DEFAULT (json_object())',
      'ALTER TABLE parents DROP PRIMARY KEY, ADD PRIMARY KEY (id, n)',
      'ALTER TABLE logs ADD PARTITION (PARTITION p3 VALUES LESS THAN (40))',
      'ALTER TABLE logs TRUNCATE PARTITION p0',
      'ALTER TABLE users ENGINE=InnoDB',
      'ALTER TABLE posts ADD INDEX i (n)',
      'ALTER TABLE posts RENAME COLUMN n TO k',
      'ALTER TABLE posts DROP INDEX posts_title, ADD COLUMN a int',
      'ALTER TABLE posts ADD COLUMN a int AS (n + 1) VIRTUAL',
      'ALTER TABLE posts ADD COLUMN a int, ALGORITHM=INSTANT',
      'CREATE TABLE n (a int); ALTER TABLE n ORDER BY a',
    ],
  },
  'table-rebuild': {
    found: [
      ['ALTER TABLE users MODIFY born int NOT NULL', 'caution', 'users.born'],
      ['ALTER TABLE users MODIFY age int', 'caution', 'users.age'],
      ['ALTER TABLE users MODIFY age int NULL, MODIFY born int NOT NULL', 'caution', 'users.age, users.born'],
      ['ALTER TABLE users MODIFY email varchar(60) NOT NULL', 'caution', 'users.email'],
      ['ALTER TABLE users MODIFY age int NOT NULL FIRST', 'caution', 'users.age'],
      ['ALTER TABLE keyless ADD PRIMARY KEY (id)', 'caution', 'keyless'],
      ['ALTER TABLE keyless ADD UNIQUE (id)', 'caution', 'keyless'],
      ['ALTER TABLE parents DROP PRIMARY KEY, ADD PRIMARY KEY (id, n)', 'caution', 'parents'],
      ['ALTER TABLE users DROP COLUMN born', 'caution', 'users.born'],
      ['ALTER TABLE users ADD COLUMN a int UNIQUE KEY', 'caution', 'users.a'],
      ['ALTER TABLE users ROW_FORMAT=DYNAMIC', 'caution', 'users'],
      ['ALTER TABLE users ENGINE=InnoDB', 'caution', 'users'],
      ['ALTER TABLE users FORCE', 'caution', 'users'],
      ['OPTIMIZE TABLE users, parents', 'caution', 'users, parents'],
      ['ALTER TABLE users DROP COLUMN last', 'note', 'users.last'],
      ['ALTER TABLE users ADD COLUMN a int AFTER id', 'note', 'users.a'],
    ],
    silent: [
      'ALTER TABLE users MODIFY age int NOT NULL DEFAULT 1',
      'ALTER TABLE users MODIFY born int AFTER age',
      'ALTER TABLE users MODIFY twice int AS (age * 2) VIRTUAL FIRST',
      'ALTER TABLE parents MODIFY id bigint',
      'ALTER TABLE parents DROP PRIMARY KEY, ADD PRIMARY KEY (id)',
      'ALTER TABLE users DROP COLUMN twice',
      'ALTER TABLE users ADD COLUMN a int',
      'ALTER TABLE users ADD INDEX i (age)',
      'ALTER TABLE users COMMENT = "x"',
      'ALTER TABLE users AUTO_INCREMENT = 1000',
      'ALTER TABLE users RENAME INDEX users_born TO b',
      'ALTER TABLE users MODIFY born int NOT NULL, MODIFY age bigint NOT NULL',
      'ALTER TABLE users MODIFY born int NOT NULL, ALGORITHM=INPLACE, LOCK=NONE',
      'CREATE TABLE n (a int); ALTER TABLE n MODIFY a int NOT NULL',
    ],
  },
  'several-clauses': {
    found: [
      ['ALTER TABLE users ADD COLUMN a int, ADD INDEX i (a)', 'caution', 'users'],
      ['ALTER TABLE users DROP COLUMN last, ADD INDEX i (age)', 'caution', 'users'],
      ['ALTER TABLE users ADD COLUMN a int, MODIFY email varchar(60)', 'caution', 'users'],
      ['ALTER TABLE users ADD COLUMN a int AS (age + 1) VIRTUAL, MODIFY email varchar(60)', 'caution', 'users'],
      ['ALTER TABLE users ADD INDEX i (age), ADD FULLTEXT INDEX f (bio)', 'caution', 'users'],
      ['ALTER TABLE users ADD COLUMN (a int, b int), MODIFY age bigint NOT NULL', 'caution', 'users'],
      ['ALTER TABLE users DROP COLUMN last, DROP INDEX users_born', 'caution', 'users'],
    ],
    silent: [
      'ALTER TABLE users ADD COLUMN a int, DROP COLUMN last',
      'ALTER TABLE strangers ADD COLUMN a int, MODIFY b bigint',
      'ALTER TABLE users ADD COLUMN a int, ALTER age SET DEFAULT 4, RENAME COLUMN email TO mail',
      'ALTER TABLE users ADD COLUMN a int AS (age + 1) VIRTUAL, ADD INDEX i (born, age)',
      'ALTER TABLE users ADD INDEX i (age), DROP INDEX users_born',
      'ALTER TABLE users RENAME COLUMN email TO mail, ADD INDEX i (age)',
      'ALTER TABLE users MODIFY age bigint NOT NULL, MODIFY born bigint',
      'ALTER TABLE users DROP INDEX users_born, ADD FULLTEXT INDEX f (bio)',
      'ALTER TABLE users ADD COLUMN a int, ADD INDEX i (a), ALGORITHM=INPLACE, LOCK=NONE',
      'CREATE TABLE n (a int); ALTER TABLE n ADD COLUMN b int, ADD INDEX (b)',
    ],
  },
  'renaming-table': {
    found: [
      ['RENAME TABLE users TO people', 'danger', 'users'],
      ['RENAME TABLE users TO people, parents TO elders', 'danger', 'users, parents'],
      ['ALTER TABLE users RENAME people', 'danger', 'users'],
      ['ALTER TABLE `users` ADD COLUMN a int, RENAME TO people', 'danger', 'users'],
      ['RENAME TABLE users TO other.users', 'danger', 'users'],
    ],
    silent: [
      'CREATE TABLE n (id int); RENAME TABLE n TO m',
      'CREATE TABLE users_new LIKE users; RENAME TABLE users TO users_old, users_new TO users',
      'ALTER TABLE users RENAME TO people; CREATE VIEW users AS SELECT * FROM people',
      'RENAME TABLE names TO labels',
    ],
  },
  'renaming-column': {
    found: [
      ['ALTER TABLE users RENAME COLUMN email TO mail', 'danger', 'users.email'],
      ['ALTER TABLE users CHANGE COLUMN email mail varchar(50)', 'danger', 'users.email'],
    ],
    silent: [
      'ALTER TABLE users CHANGE email Email varchar(60)',
      'ALTER TABLE users RENAME COLUMN email TO old; ALTER TABLE users ADD COLUMN email text',
      'ALTER TABLE users ADD COLUMN a int; ALTER TABLE users RENAME COLUMN a TO b',
      'CREATE TABLE n (a int); ALTER TABLE n CHANGE a b int',
      'ALTER TABLE users RENAME INDEX users_born TO b',
    ],
  },
  'renaming-view': {
    found: [['RENAME TABLE names TO labels', 'danger', 'names']],
    silent: [
      'RENAME TABLE users TO people',
      'RENAME TABLE names TO labels; CREATE VIEW names AS SELECT * FROM labels',
      'CREATE VIEW v AS SELECT 1; RENAME TABLE v TO w',
    ],
  },
  'ban-drop-table': {
    found: [
      ['DROP TABLE users', 'caution', 'users'],
      ['DROP TABLE users, `parents`', 'caution', 'users, parents'],
      ['DROP TABLE IF EXISTS users', 'caution', 'users'],
      ['DROP TABLE IF EXISTS nobodys', 'note', 'nobodys'],
    ],
    silent: [
      'DROP TEMPORARY TABLE users',
      'CREATE TABLE n (id int); DROP TABLE n',
      'CREATE TABLE users_new LIKE users; RENAME TABLE users TO users_old, users_new TO users; DROP TABLE users_old',
    ],
  },
  'ban-drop-column': {
    found: [
      ['ALTER TABLE users DROP COLUMN email', 'caution', 'users.email'],
      ['ALTER TABLE users DROP email, DROP `last`', 'caution', 'users.email, users.last'],
    ],
    silent: [
      'ALTER TABLE users ADD COLUMN a int; ALTER TABLE users DROP COLUMN a',
      'ALTER TABLE users CHANGE email old text; ALTER TABLE users ADD COLUMN email text; ALTER TABLE users DROP COLUMN old',
      'ALTER TABLE users DROP INDEX users_born, DROP KEY users_nick, DROP CHECK positive, DROP FOREIGN KEY f',
      'ALTER TABLE logs DROP PARTITION p0',
      'CREATE TABLE n (a int, b int); ALTER TABLE n DROP b',
    ],
  },
  'ban-drop-view': {
    found: [['DROP VIEW names', 'caution', 'names']],
    silent: [
      'DROP VIEW names; CREATE VIEW names AS SELECT id FROM users',
      'DROP VIEW IF EXISTS nobodys',
      'CREATE VIEW v AS SELECT 1; DROP VIEW v',
    ],
  },
  'ban-drop-database': {
    found: [['DROP DATABASE reports', 'danger', 'reports']],
    silent: ['CREATE DATABASE reports'],
  },
  'ban-truncate': {
    found: [
      ['TRUNCATE TABLE users', 'caution', 'users'],
      ['TRUNCATE users', 'caution', 'users'],
      ['ALTER TABLE logs TRUNCATE PARTITION p0', 'caution', 'logs.p0'],
      ['ALTER TABLE logs DROP PARTITION p0, p1', 'caution', 'logs.p0, p1'],
    ],
    silent: [
      'CREATE TABLE n (a int); TRUNCATE n',
      'CREATE TEMPORARY TABLE n (a int); TRUNCATE TABLE n',
      'ALTER TABLE logs ADD PARTITION (PARTITION p3 VALUES LESS THAN (40))',
    ],
  },
  'change-of-all-rows': {
    found: [
      ['UPDATE users SET age = 1', 'caution', 'users'],
      ['DELETE FROM users', 'caution', 'users'],
      ['UPDATE LOW_PRIORITY IGNORE `users` SET age = (SELECT max(n) FROM parents WHERE id = 1)', 'caution', 'users'],
      ['WITH c AS (SELECT 1 FROM parents WHERE id = 1) UPDATE users SET age = 2', 'caution', 'users'],
    ],
    silent: [
      'UPDATE schema_version SET version = 3',
      'UPDATE users SET age = 1 WHERE id < 1000',
      'DELETE FROM users ORDER BY id LIMIT 1000',
      'UPDATE users JOIN parents ON parents.id = users.parent SET users.age = 1',
      'UPDATE users, parents SET users.age = 1',
      'DELETE users FROM users JOIN parents ON parents.id = users.parent',
      'CREATE TABLE n (a int); UPDATE n SET a = 1',
      'INSERT INTO users (age) SELECT 1 FROM parents ON DUPLICATE KEY UPDATE age = 2',
      'WITH c AS (SELECT 1) SELECT * FROM users FOR UPDATE',
    ],
  },
  'missing-primary-key': {
    found: [
      ['CREATE TABLE n (a int, UNIQUE KEY (a))', 'note', 'n'],
      ['CREATE TABLE n AS SELECT * FROM users', 'note', 'n'],
    ],
    silent: [
      'CREATE TABLE n (a int PRIMARY KEY)',
      'CREATE TABLE n (a serial, b int KEY)',
      'CREATE TABLE n (a int, CONSTRAINT k PRIMARY KEY (a))',
      'CREATE TABLE n LIKE users',
      'CREATE TEMPORARY TABLE n (a int)',
      'CREATE TABLE n (a int); ALTER TABLE n ADD PRIMARY KEY (a)',
    ],
  },
  'prefer-utf8mb4': {
    found: [
      ['CREATE TABLE n (a int PRIMARY KEY) DEFAULT CHARSET=utf8', 'note', 'n'],
      ['CREATE TABLE n (a varchar(5) CHARACTER SET utf8mb3)', 'note', 'n.a'],
      ['CREATE TABLE n (a varchar(5)) COLLATE utf8_unicode_ci', 'note', 'n'],
    ],
    silent: [
      'CREATE TABLE n (a int PRIMARY KEY) DEFAULT CHARSET=utf8mb4',
      'CREATE TABLE n (a varchar(5) CHARACTER SET ascii)',
      'CREATE TABLE n (a varchar(5)) ENGINE=InnoDB',
    ],
  },
};
