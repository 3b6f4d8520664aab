import { expect, test } from 'vitest';
import { changedKinds, parseFingerprint, type SchemaObject } from '../../lib/core/schema.ts';
import { compareSchemas } from '../../lib/core/schema-diff.ts';
import { mysqlSchema } from '../../lib/engine/mysql/schema/index.ts';
import { dump } from '../../lib/runner/dump.ts';
import { diff } from '../schema/schema.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const base = `
CREATE TABLE users (id int PRIMARY KEY, name varchar(50) NOT NULL, email varchar(50), born date DEFAULT '2000-01-01', mood enum('sad', 'happy'),
  twice int GENERATED ALWAYS AS (id * 2) STORED, KEY by_name (name));
CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY, user_id int, total decimal(10, 2), code varchar(20), UNIQUE KEY once (code),
  CONSTRAINT owner FOREIGN KEY (user_id) REFERENCES users (id), CONSTRAINT positive CHECK (total > 0));
CREATE TABLE events (at date NOT NULL, what varchar(20)) PARTITION BY RANGE (to_days(at)) (PARTITION p0 VALUES LESS THAN (to_days('2024-01-01')));
CREATE VIEW names AS SELECT id, name FROM users;
CREATE FUNCTION plus(a int, b int) RETURNS int DETERMINISTIC RETURN a + b;
CREATE PROCEDURE tidy() DELETE FROM events;
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW SET NEW.name = trim(NEW.name);
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2031-01-01 00:00:00' DISABLE DO DELETE FROM events;
`;

/** For each object changes on top of each other, and the objects that they touch. */
const changes: readonly (readonly [sql: string, ...objects: string[]])[][] = [
  [
    ['ALTER TABLE users ADD COLUMN phone text', 'changed table users'],
    ['ALTER TABLE users DROP COLUMN phone', 'changed table users'],
    ['ALTER TABLE users MODIFY email varchar(60)', 'changed table users'],
    ["ALTER TABLE users ALTER COLUMN born SET DEFAULT '2001-01-01'", 'changed table users'],
    ['ALTER TABLE users MODIFY name varchar(50) NULL', 'changed table users'],
    ['ALTER TABLE users MODIFY twice int GENERATED ALWAYS AS (id * 3) STORED', 'changed table users'],
    ["ALTER TABLE users MODIFY mood enum('sad', 'so so', 'happy')", 'changed table users'],
    ['ALTER TABLE users MODIFY email varchar(60) COLLATE utf8mb4_bin', 'changed table users'],
    ['ALTER TABLE users ALTER COLUMN email SET INVISIBLE', 'changed table users'],
    ["ALTER TABLE users COMMENT = 'people'", 'changed table users'],
    ["ALTER TABLE users MODIFY born date COMMENT 'when'", 'changed table users'],
    ['ALTER TABLE users MODIFY email varchar(60) FIRST', 'changed table users'],
    ['ALTER TABLE users ADD KEY by_mail ((lower(email)))', 'changed table users'],
    ['ALTER TABLE users DROP KEY by_name', 'changed table users'],
    ['ALTER TABLE users ALTER INDEX by_mail INVISIBLE', 'changed table users'],
    ['ALTER TABLE users DROP KEY by_mail, ADD KEY by_mail (email(5) DESC)', 'changed table users'],
    ['ALTER TABLE users ADD FULLTEXT KEY words (name)', 'changed table users'],
    ['ALTER TABLE users DEFAULT COLLATE utf8mb4_bin', 'changed table users'],
    ['ALTER TABLE users ROW_FORMAT = COMPACT', 'changed table users'],
  ],
  [
    ['ALTER TABLE orders ALTER CHECK positive NOT ENFORCED', 'changed table orders'],
    ['ALTER TABLE orders DROP CHECK positive, ADD CONSTRAINT positive CHECK (total >= 0)', 'changed table orders'],
    ['ALTER TABLE orders DROP KEY once', 'changed table orders'],
    ['ALTER TABLE orders DROP FOREIGN KEY owner', 'removed foreign key orders.owner'],
    [
      'ALTER TABLE orders ADD CONSTRAINT owned_by FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE',
      'changed table orders', // Its index has the name of the key.
      'added foreign key orders.owned_by',
    ],
  ],
  [
    ['ALTER TABLE events ADD PARTITION (PARTITION p1 VALUES LESS THAN MAXVALUE)', 'changed table events'],
    ['ALTER TABLE events REMOVE PARTITIONING', 'changed table events'],
    ['RENAME TABLE events TO happened', 'added table happened', 'removed table events'],
  ],
  [
    ['ALTER VIEW names AS SELECT id, name FROM users WHERE id > 0', 'changed view names'],
    ['ALTER SQL SECURITY INVOKER VIEW names AS SELECT id, name FROM users WHERE id > 0', 'changed view names'],
    ['ALTER VIEW names (one, two) AS SELECT id, name FROM users WHERE id > 0', 'changed view names'],
  ],
  [
    ['DROP FUNCTION plus', 'removed function plus'],
    ['CREATE FUNCTION plus(a int, b bigint) RETURNS int DETERMINISTIC RETURN a + b', 'added function plus'],
    ['ALTER FUNCTION plus SQL SECURITY INVOKER', 'changed function plus'],
  ],
  [
    ["ALTER PROCEDURE tidy COMMENT 'tidies'", 'changed procedure tidy'],
    [
      'SET sql_mode = "ANSI"; DROP PROCEDURE tidy; CREATE PROCEDURE tidy() COMMENT \'tidies\' DELETE FROM events',
      'changed procedure tidy',
    ],
  ],
  [
    ['DROP TRIGGER touch', 'removed trigger users.touch'],
    ['CREATE TRIGGER touch AFTER UPDATE ON users FOR EACH ROW SET @x = 1', 'added trigger users.touch'],
  ],
  [
    ['ALTER EVENT nightly ENABLE', 'changed event nightly'],
    ["ALTER EVENT nightly ON SCHEDULE EVERY 2 DAY STARTS '2031-01-01 00:00:00'", 'changed event nightly'],
  ],
];

describeMysql('changes of a MySQL schema', () => {
  test('each of those made by hand is found: the object by a comparison, its kind by the fingerprint', async () => {
    const { raw, client } = await mysqlBench();
    await raw.query(base);
    const database = client();
    const reader = mysqlSchema();
    const print = async () => (await reader.inspect(database)).now;
    let before: readonly SchemaObject[] = (await reader.read(database)).objects;
    let was = await print();
    // One of each object at a time.
    for (let round = 0; changes.some(its => round < its.length); round++) {
      const now = changes.flatMap(its => its.slice(round, round + 1));
      for (const [sql] of now) await raw.query(sql);
      const { objects } = await reader.read(database);
      const touched = compareSchemas(before, objects);
      const wanted = now.flatMap(([, ...names]) => names);
      expect(touched.map(({ change, kind, name }) => `${change} ${kind} ${name}`).sort()).toEqual(wanted.sort());
      const is = await print();
      expect(changedKinds(was, is)).toEqual([...new Set(touched.map(({ kind }) => kind))].sort());
      before = objects;
      was = is;
    }
  });

  test('the character set of the database is part of the schema', async () => {
    const { raw, client } = await mysqlBench();
    const database = client();
    const { text } = await dump({ database, schema: mysqlSchema() });
    const { now } = await mysqlSchema().inspect(database);
    await raw.query('ALTER DATABASE CHARACTER SET latin1');
    expect(changedKinds(now, (await mysqlSchema().inspect(database)).now)).toEqual(['database']);
    expect((await diff({ database, schema: mysqlSchema(), wanted: text })).text).toMatch(
      /^@@ database character set: changed @@\n-ALTER .*\n\+ALTER DATABASE CHARACTER SET latin1 COLLATE latin1_swedish_ci;$/m,
    );
  });

  test('rows, counters, statistics and the order in which things were made are no change', async () => {
    const parts = base.split(';\n').filter(part => part.trim() !== '');
    const one = await mysqlBench();
    await one.raw.query(base);
    const other = await mysqlBench();
    const [users, orders, happened, view, ...programs] = parts;
    await other.raw.query(
      [
        'CREATE TABLE gone (id int)',
        happened,
        ...programs.slice(0, 2).toReversed(),
        users,
        orders,
        'DROP TABLE gone',
        view,
        ...programs.slice(2).toReversed(),
      ].join(';'),
    );
    const { now } = await mysqlSchema().inspect(other.client());
    await other.raw.query(
      `INSERT INTO orders (total) VALUES (1), (2); ANALYZE TABLE orders; ALTER TABLE orders AUTO_INCREMENT = 99`,
    );
    const { text } = await dump({ database: one.client(), schema: mysqlSchema() });
    const database = other.client();
    expect((await dump({ database, schema: mysqlSchema() })).text).toBe(text);
    expect((await mysqlSchema().inspect(database)).now).toEqual(now);
    const found = await diff({ database, schema: mysqlSchema(), wanted: text });
    expect(found).toMatchObject({ text: '', changes: [] });
    await other.raw.query('CREATE OR REPLACE VIEW names AS SELECT id, email, name FROM users');
    expect((await diff({ database, schema: mysqlSchema(), wanted: text })).text).toBe(`--- dump
+++ database
@@ view names: changed @@
 CREATE ALGORITHM=UNDEFINED SQL SECURITY DEFINER VIEW \`names\` AS
 select \`users\`.\`id\` AS \`id\`,
+  \`users\`.\`email\` AS \`email\`,
   \`users\`.\`name\` AS \`name\`
 from \`users\`;
`);
  });

  test('an event that was given no time to start at has none in the dump', async () => {
    const { raw, client } = await mysqlBench();
    await raw.query(`SET time_zone = '+05:00'; CREATE EVENT hourly ON SCHEDULE EVERY 1 HOUR DO DO 1;
      CREATE EVENT later ON SCHEDULE EVERY 1 HOUR STARTS '2031-01-01 00:00:00' DO DO 1`);
    const { objects } = await mysqlSchema().read(client());
    const [hourly, later] = objects.filter(({ kind }) => kind === 'event');
    expect(hourly!.sql).toContain('EVERY 1 HOUR ON COMPLETION NOT PRESERVE');
    expect(later!.sql).toContain("EVERY 1 HOUR STARTS '2031-01-01 00:00:00' ON COMPLETION");
    expect(later!.sql).toContain("time_zone = '+05:00'");
    expect(parseFingerprint('1/80036 foreign_key=0123456789abcdef')).not.toBeNull();
  });
});
