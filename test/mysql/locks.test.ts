import { describe, expect, onTestFinished, test } from 'vitest';
import { DatabaseError } from '../../lib/core/database.ts';
import { ANY_ENGINE } from '../../lib/engine/advice/any-engine.ts';
import { lockHolders } from '../../lib/engine/mysql/lock-holders.ts';
import { startLocal } from '../../lib/local/index.ts';
import { toProblem } from '../../lib/runner/failure.ts';
import { connectTo, describeMysql, type MysqlBench, mysqlBench, mysqlMasterUrl } from '../support/mysql.ts';
import { clientOf } from '../support/sweep.ts';

const FIRST = { '001_t': 'create table t (id int primary key, n int); insert into t values (1, 1), (2, 1);' };
const FILES = { ...FIRST, '002_u': 'update t set n = n + 1;' };

/** Somebody who changes a row, and has not committed. */
async function holder({ name }: MysqlBench) {
  const connection = await connectTo(name);
  onTestFinished(() => connection.destroy());
  await connection.query('begin; update t set n = n where id = 2');
  return connection;
}

describeMysql('a row that somebody else has locked', () => {
  test.each([
    ['COMMIT AND CHAIN executed', true],
    ['COMMIT AND CHAIN refused', false],
  ])('%s: is waited for as long as the run may, again and again, and told with its holder', async (_, chains) => {
    const bench = await mysqlBench({ chains });
    await bench.up(FIRST);
    const connection = await holder(bench);
    const heard: string[] = [];
    const began = Date.now();
    const report = await bench.up(FILES, {
      lockTimeoutMs: 1000,
      on: event => {
        if (event.event !== 'waiting') return;
        heard.push(event.what);
        if (heard.length === 2) void connection.query('commit');
      },
    });
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(heard[0]).toMatch(/^connection \d+ \(root, Sleep for \d+ s\) on rows of t$/);
    // By default the server waits 50 s.
    expect(Date.now() - began).toBeLessThan(45_000);
    expect(await bench.sql('select n from t')).toEqual([[2], [2]]);
    expect(await bench.value("select count(*) from schema_migrations where status = 'failed'")).toBe(0);
  });

  test('and nobody in the way: no call more', async () => {
    const bench = await mysqlBench();
    await bench.up(FIRST);
    expect((await bench.up(FILES)).dataApiCalls).toBe(3 + 4 + 3);
  });

  test.each([
    [
      'all rights',
      'grant select on performance_schema.* to USER',
      /^connection ID \(root, Sleep for \d+ s\) on rows of t$/,
    ],
    // Of which table cannot be seen: those who change rows elsewhere on the server are told too.
    ['PROCESS', 'grant process on *.* to USER', /\bconnection ID \(root, Sleep for \d+ s\) on rows of some table\b/],
    ['none of them', 'do 0', /^a lock; who holds it takes SELECT on performance_schema, or PROCESS, to see$/],
  ])('is told as far as rights allow: %s', async (_, grant, told) => {
    const bench = await mysqlBench();
    await bench.up(FIRST);
    const { threadId } = await holder(bench);
    const user = `u${bench.name.slice(-10)}`;
    await bench.raw.query(`create user ${user}@'%' identified by 'p'; grant all on ${bench.name}.* to ${user}@'%';
      ${grant.replace('USER', `${user}@'%'`)}`);
    onTestFinished(() =>
      bench.raw.query(`drop user if exists ${user}@'%'`).then(
        () => undefined,
        () => undefined,
      ),
    );
    const url = new URL(mysqlMasterUrl);
    Object.assign(url, { username: user, password: 'p' });
    const local = await startLocal({ engine: 'mysql', url: url.href, database: bench.name, create: false });
    onTestFinished(() => local.stop());
    const holders = await lockHolders(clientOf(local), ['t']);
    expect(holders!.replace(`connection ${threadId} `, 'connection ID ')).toMatch(told);
  });
});

describe('a right that the user lacks', () => {
  const failed = (
    message: string,
    facts: { sqlState?: string; errorCode?: number },
    service = 'DatabaseErrorException',
  ) => new DatabaseError(message, { outcome: 'failed', service, ...facts });

  test.each([
    ['permission denied for table t', { sqlState: '42501' }],
    ["Access denied for user 'u'@'%' to database 'app'", { sqlState: '42000', errorCode: 1044 }],
    ["CREATE command denied to user 'u'@'%' for table 't'", { sqlState: '42000', errorCode: 1142 }],
    [
      'Access denied; you need (at least one of) the SUPER privilege(s) for this operation',
      { sqlState: '42000', errorCode: 1227 },
    ],
    ["execute command denied to user 'u'@'%' for routine 'app.p'", { sqlState: '42000', errorCode: 1370 }],
    ["CREATE command denied to user 'u'@'%' for table 't'", {}],
    ['Access denied; you need (at least one of) the PROCESS privilege(s) for this operation', {}],
  ])('is known as such: %s %o', (message, facts) => {
    expect(ANY_ENGINE.lacksRight(failed(message, facts))).toBe(true);
    expect(toProblem(failed(message, facts), ANY_ENGINE)).toMatchObject({
      code: 'no-right',
      remedy: "Let the user of the secret own the tracking tables, or use the cluster's master user",
    });
  });

  test.each([
    ["Access denied for user 'u'@'h' (using password: YES)", { sqlState: '28000', errorCode: 1045 }],
    ["Access denied for user 'u'@'h' (using password: YES)", {}],
    ["Table 'app.t' doesn't exist", { sqlState: '42S02', errorCode: 1146 }],
    ['You have an error in your SQL syntax', { sqlState: '42000', errorCode: 1064 }],
  ])('another error is none: %s %o', (message, facts) => {
    expect(ANY_ENGINE.lacksRight(failed(message, facts))).toBe(false);
    expect(toProblem(failed(message, facts), ANY_ENGINE).code).toBe('database');
  });
});
