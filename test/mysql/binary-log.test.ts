import { expect, onTestFinished, test } from 'vitest';
import { dataApi } from '../../lib/data-api/index.ts';
import { mysql } from '../../lib/engine/mysql/index.ts';
import { startLocal } from '../../lib/local/index.ts';
import { startMysqld } from '../../lib/local/mysql/server.ts';
import { migrate } from '../../lib/runner/index.ts';
import { connectTo, describeMysql, manifestOf } from '../support/mysql.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
const text = (bytes: number, n: number) => String(n).padEnd(bytes, 'abcdefghij');

/** Files of 1 MB. */
const FILES = {
  'in 200 INSERTs': {
    '001_t': 'create table t (id int primary key, v longtext);',
    '002_rows': numbers(200)
      .map(n => `insert into t values (${n}, '${text(5_000, n)}');`)
      .join('\n'),
  },
  'in 100 times CREATE TABLE and INSERT': {
    '001_t': '-- none',
    '002_tables': numbers(100)
      .map(
        n =>
          `create table t${n} (id int primary key, v longtext);\ninsert into t${n} values (1, '${text(10_000, n)}');`,
      )
      .join('\n'),
  },
};

/** Bytes of the binary log. */
async function logged(url: string): Promise<number> {
  const raw = await connectTo(undefined, url);
  const [logs] = await raw.query<never>({ sql: 'show binary logs', rowsAsArray: true });
  raw.destroy();
  return (logs as [string, string][]).reduce((sum, [, bytes]) => sum + Number(bytes), 0);
}

describeMysql('what a file of 1 MB writes into the binary log, of whole rows', () => {
  test('at most 2.5 MB', { timeout: 240_000 }, async () => {
    const settings = { log_bin: 'binlog', binlog_format: 'ROW', binlog_row_image: 'FULL', sync_binlog: '0' };
    const server = await startMysqld({ settings });
    onTestFinished(() => server.stop());
    for (const [nth, [how, files]] of Object.entries(FILES).entries()) {
      const database = `logged_${nth}`;
      const raw = await connectTo(undefined, server.url);
      await raw.query(`create database ${database}`);
      raw.destroy();
      const local = await startLocal({ engine: 'mysql', url: server.masterUrl, database });
      onTestFinished(() => local.stop());
      const { resourceArn, secretArn, endpoint, region, credentials } = local;
      const options = {
        database: dataApi({ resourceArn, secretArn, database, client: { endpoint, region, credentials } }),
        engine: mysql(),
        requestedBy: 'test',
      };
      const first = { '001_t': files['001_t'] };
      await migrate({ ...options, migrations: await manifestOf(first) });
      const before = await logged(server.url);
      const report = await migrate({ ...options, migrations: await manifestOf(files) });
      expect(report.outcome, how).toBe('applied');
      const bytes = (await logged(server.url)) - before;
      console.log(`${how}: ${(bytes / 1e6).toFixed(2)} MB of binary log`);
      // The rows themselves, and their text where it is stored: once.
      expect(bytes, how).toBeGreaterThan(1_000_000);
      expect(bytes, how).toBeLessThan(2_500_000);
    }
  });
});
