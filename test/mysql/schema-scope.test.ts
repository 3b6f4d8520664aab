import { expect, test } from 'vitest';
import { parseDump } from '../../lib/core/schema-dump.ts';
import { naming } from '../../lib/engine/mysql/names.ts';
import { mysqlSchema } from '../../lib/engine/mysql/schema/index.ts';
import { list } from '../../lib/engine/mysql/schema/listing.ts';
import { catalogSession } from '../../lib/engine/mysql/schema/session.ts';
import type { Fault } from '../../lib/local/index.ts';
import { dump } from '../../lib/runner/dump.ts';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';

const dumpOf = (bench: MysqlBench, schema = mysqlSchema()) => dump({ database: bench.client(), schema });

/** One object of each kind that is asked for: eight, with the foreign key that comes with its table. */
const small = `
CREATE TABLE t (id int PRIMARY KEY, made timestamp DEFAULT '2020-01-01 00:00:00', name varchar(10) DEFAULT 'x\\\\y', up int,
  CONSTRAINT up FOREIGN KEY (up) REFERENCES t (id));
CREATE VIEW v AS SELECT id, 'a\\'b' AS text FROM t;
CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1;
CREATE PROCEDURE p() SELECT "a";
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW SET NEW.name = 'x';
CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2031-01-01 00:00:00' DISABLE DO DO 1`;
const OBJECTS = 6;

describeMysql('a dump of a MySQL schema', () => {
  test('takes seven calls and one for each object, the fingerprint three to look at and three to write', async () => {
    const bench = await mysqlBench();
    await bench.raw.query(small);
    const { text, objects, dataApiCalls, notDumped } = await dumpOf(bench);
    expect({ objects, dataApiCalls, notDumped }).toEqual({
      objects: OBJECTS + 2,
      dataApiCalls: OBJECTS + 7,
      notDumped: [],
    });
    expect(text).not.toMatch(/DEFINER=|AUTO_INCREMENT=/);
    await bench.up({ '001_nothing': '-- nothing' });
    const database = bench.client();
    await mysqlSchema().inspect(database);
    expect(database.calls).toBe(3);
    await mysqlSchema().record(database, { runId: 'nobody', hook: null, requestId: null }, null);
    expect(database.calls).toBe(5);
  });

  test('lists what there is in pages', async () => {
    const bench = await mysqlBench();
    await bench.raw.query(small);
    const listed = (size?: number) =>
      catalogSession(bench.client(), transaction => list(transaction, naming({}), size));
    const whole = await listed();
    expect(whole.objects).toHaveLength(OBJECTS);
    for (const size of [1, 2, 3, 7, 8, 9]) expect(await listed(size)).toEqual(whole);
  });

  test('is the same whatever a connection carries, and leaves it as it was', async () => {
    const dirty = [
      `SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES', time_zone = '+09:00', sql_quote_show_create = 0, sql_select_limit = 1`,
      'SET character_set_results = latin1, show_create_table_verbosity = 1, show_gipk_in_create_table_and_information_schema = 0',
    ];
    const clean = await mysqlBench();
    const other = await mysqlBench({ dirty, poolSize: 1 });
    for (const { raw } of [clean, other]) await raw.query(`${small}; ALTER TABLE t COMMENT = 'größe'`);
    const { text } = await dumpOf(clean);
    expect(text).toContain('größe');
    const database = other.client();
    expect((await dump({ database, schema: mysqlSchema() })).text).toBe(text);
    const sql =
      'SELECT @@sql_mode, @@time_zone, @@sql_quote_show_create, @@sql_select_limit, @@character_set_results, @aurora_sql_mode';
    const [session] = await database.execute({ sql, effect: 'read' });
    expect(session).toEqual(['ANSI_QUOTES,NO_BACKSLASH_ESCAPES', '+09:00', '0', '1', 'latin1', null]);
    expect((await mysqlSchema().inspect(database)).now.kinds.size).toBe(8);
  });

  test('leaves out the tracking tables, by their names and in their database', async () => {
    const bench = await mysqlBench();
    await bench.up({ '001_a': 'CREATE TABLE schema_migrations_archive (id int); CREATE TABLE a (id int);' });
    const names = async (schema = mysqlSchema()) =>
      parseDump((await dumpOf(bench, schema)).text).objects.map(({ kind, name }) => `${kind} ${name}`);
    const own = ['database character set', 'table a', 'table schema_migrations_archive'];
    expect(await names()).toEqual(own);
    expect((await names(mysqlSchema({ table: 'other' }))).filter(name => !own.includes(name))).toHaveLength(3);
    expect(await names(mysqlSchema({ schema: bench.name }))).toEqual(own);
    expect(await names(mysqlSchema({ schema: 'elsewhere' }))).toContain('table schema_migrations_lease');
  });

  test('says what it cannot hold: views that name what is not there, names that the Data API would misread', async () => {
    const bench = await mysqlBench();
    await bench.raw.query(`CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t; CREATE VIEW \`of it\` AS SELECT id FROM v; DROP TABLE t;
      CREATE TABLE \`a:b\` (id int)`);
    const { text, notDumped } = await dumpOf(bench);
    expect(notDumped).toEqual([
      'table `a:b`, whose name the Data API would take for a parameter',
      'view `of it`, which names what is not there',
      'view v, which names what is not there',
    ]);
    expect(parseDump(text).notDumped).toEqual(notDumped);
    await expect(mysqlSchema().read(bench.client(), { grants: true })).rejects.toMatchObject({ code: 'no-grants' });
  });

  test('is of one database: another of the server is none of its business', async () => {
    const bench = await mysqlBench();
    const other = await mysqlBench();
    await other.raw.query(small);
    expect((await dumpOf(bench)).objects).toBe(1);
    await bench.raw.query(`CREATE VIEW across AS SELECT t.id, own.id AS own FROM \`${other.name}\`.t, (SELECT 1 AS id) own;
      CREATE TABLE child (id int, CONSTRAINT far FOREIGN KEY (id) REFERENCES \`${other.name}\`.t (id))`);
    const { text } = await dumpOf(bench);
    expect(text).toContain(`REFERENCES \`${other.name}\`.\`t\` (\`id\`)`);
    expect(text).not.toContain(bench.name);
    await bench.raw.query('DROP TABLE child');
  });
});

describeMysql('a dump while something goes wrong', () => {
  const faults: readonly Fault[] = [
    { fault: 'reset', when: 'after', sql: 'SHOW CREATE VIEW' },
    { fault: 'internal-error', when: 'before', sql: 'information_schema' },
    { fault: 'reset', when: 'after', operation: 'CommitTransaction' },
  ];

  test('it comes whole though an answer is lost', async () => {
    const bench = await mysqlBench();
    await bench.raw.query(small);
    const { text, dataApiCalls } = await dumpOf(bench);
    for (const fault of faults) {
      bench.local.faults.add(fault);
      const again = await dumpOf(bench);
      expect(again.text, JSON.stringify(fault)).toBe(text);
      expect(again.dataApiCalls, JSON.stringify(fault)).toBeGreaterThan(dataApiCalls);
    }
  });

  test('what was changed while it was read is read anew: it is of one moment, or said to be changing', async () => {
    const bench = await mysqlBench();
    await bench.raw.query(small);
    const { dataApiCalls } = await dumpOf(bench);
    const during = async (sql: string, change: string) => {
      bench.local.faults.before({ sql }, async () => void (await bench.raw.query(change)));
      return dumpOf(bench);
    };
    // What was asked already is another by now.
    const later = await during(
      'SHOW CREATE VIEW',
      'ALTER TABLE t ADD COLUMN late int; CREATE OR REPLACE VIEW v AS SELECT late FROM t',
    );
    expect(later.text).toMatch(/`late` int[\s\S]*select `t`\.`late`/);
    expect(later.dataApiCalls).toBe(2 * dataApiCalls);
    // What was listed is gone.
    const kinds = { PROCEDURE: 'p', TRIGGER: 'g', EVENT: 'e', TABLE: 't' };
    for (const [kind, name] of Object.entries(kinds)) {
      const { text } = await during(`SHOW CREATE ${kind} \`${name}\``, `DROP ${kind} ${name}`);
      expect(text).not.toContain(` ${kind} \`${name}\``);
    }
    await bench.raw.query('CREATE TABLE t (id int)');
    let n = 0;
    bench.local.faults.before(
      { sql: 'SHOW CREATE TABLE', times: 100 },
      async () => void (await bench.raw.query(`CREATE TABLE t${n++} (id int)`)),
    );
    await expect(dumpOf(bench)).rejects.toMatchObject({ code: 'schema-changing' });
  });
});
