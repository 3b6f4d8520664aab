import { resolve as absolute } from 'node:path';
import { expect, test } from 'vitest';
import { compile, reader } from '../../lib/compile/index.ts';
import type { Status } from '../../lib/runner/index.ts';
import { bench } from '../support/migrations.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const DIR = absolute(import.meta.dirname, '../../sql/migrations');

/** As `status --json` prints it, less the times. */
function timeless(status: Status): string {
  const isTime = (key: string) => key === 'at' || key === 'executionTimeMs';
  return JSON.stringify(status, (key, value) => (isTime(key) ? typeof value : value), 2);
}

describeMysql('the sample', () => {
  test('its migrations run unchanged on both engines, and the status differs in nothing but times', async () => {
    const compiled = {
      postgresql: await compile({ dir: DIR, engine: 'postgresql', relativeTo: DIR }),
      mysql: await compile({ dir: DIR, engine: 'mysql', relativeTo: DIR }),
    };
    expect([...compiled.postgresql.errors, ...compiled.mysql.errors]).toEqual([]);
    const theirs = await bench();
    const ours = await mysqlBench();
    expect((await theirs.up(reader(compiled.postgresql))).outcome).toBe('applied');
    const report = await ours.up(reader(compiled.mysql));
    expect(report.migrations.map(({ error }) => error).filter(Boolean)).toEqual([]);
    const status = await ours.status(reader(compiled.mysql));
    const other = await theirs.status(reader(compiled.postgresql));
    expect(status.migrations.length).toBeGreaterThan(3);
    expect(timeless(status)).toBe(timeless(other));
    expect((await ours.up(reader(compiled.mysql))).dataApiCalls).toBe(1);
  });
});
