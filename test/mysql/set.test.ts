import { expect, test } from 'vitest';
import type { Script } from '../../lib/core/manifest.ts';
import type { ScriptRun } from '../../lib/engine/engine.ts';
import { Attempt } from '../../lib/engine/mysql/script-run.ts';
import { compileMysql, describeMysql, mysqlBench } from '../support/mysql.ts';

const facts = async (sql: string) => (await compileMysql({ '001_m': sql })).bodies.get('001_m')!.up;

const settings = (script: Script, statement: number) =>
  new Attempt({ script, name: '001_m' } as ScriptRun).settings(statement, []);

test('of SETs that say the same again only the last is repeated before a statement; what others depend on stays', async () => {
  const one = (n: number) =>
    `SET sql_mode = 'ANSI', time_zone = 'SYSTEM';\nCREATE FUNCTION f${n}() RETURNS int RETURN 1;\nSET sql_mode = '';\n`;
  const up = await facts(`SET NAMES utf8mb4;\n${Array.from({ length: 500 }, (_, n) => one(n)).join('')}`);
  expect(settings(up, up.facts.lines.length)).toEqual([
    "SET NAMES utf8mb4, sql_mode = '', sql_mode = 'ANSI', time_zone = 'SYSTEM'",
  ]);
  const bound = await facts(
    `SET sql_mode = 'A';\nSET sql_mode = concat(@@sql_mode, ',B');\nSET sql_mode = 'A';\nSELECT 1;`,
  );
  expect(settings(bound, 4)).toEqual(["SET sql_mode = 'A', sql_mode = concat(@@sql_mode, ',B'), sql_mode = 'A'"]);
});

test.each([
  ['the last id as a variable', 'insert into t values (@@identity)', 2],
  ['the last id as a variable of the session', 'insert into t values (@@session.last_insert_id)', 2],
  ['the last id in a SET', 'set @x = @@last_insert_id', 2],
  ['a time', 'set @now = current_timestamp, @today = UTC_DATE; insert into t values (@now)', 3],
  ['the last id as it was said', 'update t set a = last_insert_id(a + 1); insert into t values (last_insert_id())', 3],
  ['the last id of a procedure', 'call p(); insert into t values (last_insert_id())', 3],
])('%s is what its session had, and no other has', async (_, sql, to) => {
  const { bound = [], session } = (await facts(`select 1; insert into t values (1); ${sql};`)).facts;
  expect(bound.map(one => one.to)).toEqual([to]);
  expect(session).toEqual([]);
});

test('the last id that a SET gives is there again', async () => {
  const { bound, session } = (await facts('insert into t values (1); set last_insert_id = 4, @@session.identity = 5;'))
    .facts;
  expect([bound, session]).toEqual([undefined, [2]]);
});

describeMysql('SET', () => {
  test.each([true, false])(
    'of another collation changes no text that it can hold, COMMIT AND CHAIN: %s',
    async chains => {
      const bench = await mysqlBench({ chains });
      const sql = `CREATE TABLE t (name varchar(10));\nSET NAMES utf8mb4;\nSET collation_connection = latin1_german2_ci;
      INSERT INTO t VALUES ('größe');\nCREATE VIEW v AS SELECT 'ß' AS one;\nSET collation_connection = utf8mb4_0900_ai_ci;\nINSERT INTO t VALUES ('大');`;
      expect(await bench.up({ '001_m': sql })).toMatchObject({ outcome: 'applied' });
      expect(await bench.sql('SELECT name, one FROM t, v ORDER BY name')).toEqual([
        ['größe', 'ß'],
        ['大', 'ß'],
      ]);
    },
  );
});
