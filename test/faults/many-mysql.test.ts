import { expect, test } from 'vitest';
import { announce, migrate } from '../../lib/runner/index.ts';
import { describeMysql, type MysqlBench, manifestOf, mysqlBench } from '../support/mysql.ts';
import { clientOf, mortal } from '../support/sweep.ts';
import { until } from '../support/until.ts';
import { random, rounds, SEED } from './random.ts';

/** Not to be done twice, none of them. */
const FILES = {
  '0001_a': 'create table log (n int); insert into log values (1);',
  '0002_b': 'create table b (id int, n int); insert into log select 2 + sleep(0.05);',
  '0003_c': 'alter table b add column x int, add index (x); insert into log values (3);',
  '0004_d':
    'insert into log values (4); create trigger g before insert on b for each row set new.n = 1; insert into log values (5);',
  '0005_e': 'insert into log values (6);',
};
const LEASE = 400;

async function rightInTheEnd({ sql, value, local }: MysqlBench, at: string): Promise<void> {
  expect(await sql('select n from log order by n'), at).toEqual([[1], [2], [3], [4], [5], [6]]);
  expect(
    await sql(`select name from schema_migrations where status = 'applied' group by name having count(*) > 1`),
    at,
  ).toEqual([]);
  expect(await value(`select count(*) from schema_migrations where status = 'applied'`), at).toBe(6);
  expect(await value(`select count(*) from schema_migrations where status = 'running'`), at).toBe(0);
  expect(await sql('show index from b'), at).toHaveLength(1);
  // A request for it of one that died may arrive when all is over: what it takes ends by itself.
  const free = `select count(*) from schema_migrations_lease where id = 'lease' and (run_id is null or expires_at < utc_timestamp(6))`;
  await until('a lease that is free', async () => (await value(free)) === 1);
  local.log.assertNoWriteRetried();
}

describeMysql('runs at once, some of which die', { timeout: 300_000 }, () => {
  test.each([
    ['COMMIT AND CHAIN executed', true, 2, 1],
    ['COMMIT AND CHAIN executed', true, 10, 4],
    ['COMMIT AND CHAIN refused', false, 2, 1],
    ['COMMIT AND CHAIN refused', false, 10, 4],
  ] as const)(
    '%s: %s, %i of them, %i killed: each migration once, nobody waits for ever',
    async (what, chains, runs, killed) => {
      const next = random();
      const migrations = await manifestOf(FILES);
      for (let round = 0; round < rounds(20); round++) {
        const made = await mysqlBench({ chains, poolSize: 10, clocks: { transactionIdle: 0.3 } });
        const at = `${what}, ${runs}, round ${round}, FAULTS_SEED=${SEED}`;
        const began = Date.now();
        const reports = await Promise.all(
          Array.from({ length: runs }, async (_, nth) => {
            const death = new AbortController();
            const died = new Promise<null>(resolve => death.signal.addEventListener('abort', () => resolve(null)));
            if (nth < killed) setTimeout(() => death.abort(), next() * 400);
            const run = migrate({
              ...(await made.runner(migrations)),
              database: mortal(clientOf(made.local, { signal: death.signal }), death.signal),
              requestedBy: `racer ${nth}`,
              leaseMs: LEASE,
            });
            return Promise.race([run, died]);
          }),
        );
        for (const report of reports) {
          if (report === null) continue;
          expect(report.problems, at).toEqual([]);
          expect(report.migrations.map(({ error }) => error).filter(Boolean), at).toEqual([]);
          expect(report.outcome, at).toMatch(/^(applied|nothing-to-do)$/);
          expect(report.counts, at).toMatchObject({ applied: 6, pending: 0, failed: 0 });
        }
        // A dead one costs the others its lease at most: no lock of its, for which the server lets them wait 50 s.
        expect(Date.now() - began).toBeLessThan(45_000);
        await rightInTheEnd(made, at);
        await made.stop();
      }
    },
  );

  test('an announcement and a release whose answers are lost are repeated: they say the same', async () => {
    const made = await mysqlBench();
    const { faults } = made.local;
    const options = {
      ...(await made.runner(FILES)),
      hook: 'stack/hook',
      requestId: 'one',
      requestedBy: 'CloudFormation one',
    };
    await made.up({ '0001_a': FILES['0001_a'] });
    faults.add({ fault: 'reset', when: 'after', sql: "'open', UTC_TIMESTAMP" });
    expect(await announce(options)).toBe(true);
    faults.add({ fault: 'reset', when: 'after', sql: "o.state = 'done'" });
    expect((await migrate(options)).outcome).toBe('applied');
    expect((await migrate({ ...options, requestedBy: 'the next' })).outcome).toBe('nothing-to-do');
    expect(await made.sql('select run_id, requested_by from schema_migrations_lease')).toEqual([[null, null]]);
    expect(await made.sql('select hook, request_id, state from schema_migrations_hooks')).toEqual([
      ['stack/hook', 'one', 'done'],
    ]);
    // An old one, delivered late, is told from it.
    expect(await announce({ ...options, requestId: 'two' })).toBe(true);
    expect(await announce(options)).toBe(false);
  });
});
