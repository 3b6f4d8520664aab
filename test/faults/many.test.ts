import { describe, expect, test } from 'vitest';
import { migrate } from '../../lib/runner/index.ts';
import { type Bench, bench, type Files } from '../support/migrations.ts';
import { clientOf, mortal } from '../support/sweep.ts';
import { until } from '../support/until.ts';
import { random, rounds, SEED } from './random.ts';

/** Not to be done twice, none of them. */
const FILES: Files = {
  '0001_a': 'create table log(n int); insert into log values (1);',
  '0002_b': 'create table b(id int); insert into log values (2); select pg_sleep(0.05);',
  '0003_c': 'alter table b add column x int; insert into log values (3);',
  '0004_d':
    '-- migrate:up transaction:false\ninsert into log values (4);\ncreate index concurrently i on b(x);\ninsert into log values (5);',
  '0005_e': 'insert into log values (6);',
};
const LEASE = 400;

async function rightInTheEnd({ sql, value, local }: Bench): Promise<void> {
  expect(await sql('select n from log order by n')).toEqual([[1], [2], [3], [4], [5], [6]]);
  expect(
    await sql(`select name from schema_migrations where status = 'applied' group by name having count(*) > 1`),
  ).toEqual([]);
  expect(await value(`select count(*)::int from schema_migrations where status = 'applied'`)).toBe(6);
  expect(await value(`select count(*)::int from schema_migrations where status = 'running'`)).toBe(0);
  expect(await value(`select bool_and(indisvalid) from pg_index where indexrelid = 'i'::regclass`)).toBe(true);
  // A request for it of one that died may arrive when all is over: what it takes ends by itself.
  const free = `select run_id is null or expires_at < clock_timestamp() from schema_migrations_lease where id = 'lease'`;
  await until('a lease that is free', async () => (await value(free)) === true);
  expect(local.openTransactions()).toBe(0);
  local.log.assertNoWriteRetried();
}

describe('runs at once, some of which die', { timeout: 300_000 }, () => {
  test.each([
    [2, 1],
    [10, 4],
  ])('%i of them, %i killed: each migration once, nobody waits for ever', async (runs, killed) => {
    const next = random();
    for (let round = 0; round < rounds(20); round++) {
      await using made = await bench({ poolSize: 10, auto: false });
      const options = await made.runner(FILES);
      const reports = await Promise.all(
        Array.from({ length: runs }, async (_, nth) => {
          const death = new AbortController();
          const died = new Promise<null>(resolve => death.signal.addEventListener('abort', () => resolve(null)));
          if (nth < killed) setTimeout(() => death.abort(), next() * 400);
          const run = migrate({
            ...options,
            database: mortal(clientOf(made.local, { signal: death.signal }), death.signal),
            requestedBy: `racer ${nth}`,
            leaseMs: LEASE,
          });
          return Promise.race([run, died]);
        }),
      );
      for (const report of reports) {
        if (report === null) continue;
        expect(report.problems, `round ${round}, FAULTS_SEED=${SEED}`).toEqual([]);
        expect(report.outcome).toMatch(/^(applied|nothing-to-do)$/);
        expect(report.counts).toMatchObject({ applied: 6, pending: 0, failed: 0 });
      }
      await rightInTheEnd(made);
    }
  });

  test('no lease outlives a dead holder by more than its expiry', async () => {
    const made = await bench({ poolSize: 4 });
    await made.up({ '0001_a': FILES['0001_a']! });
    const death = new AbortController();
    made.local.faults.after({ sql: 'name:0002_b' }, () => death.abort());
    const { runner } = made;
    // Long enough to be met by the next one on a busy machine.
    const options = { ...(await runner(FILES)), leaseMs: 10 * LEASE };
    void migrate({ ...options, database: mortal(made.client(), death.signal), requestedBy: 'the dead' });
    await new Promise(resolve => death.signal.addEventListener('abort', resolve));
    const lease = `select expires_at, extract(epoch from expires_at - clock_timestamp())::float * 1000 from schema_migrations_lease where id = 'lease' and run_id is not null`;
    const [[end, left] = []] = (await made.sql(lease)) as [Date, number][];
    expect(left).toBeLessThanOrEqual(options.leaseMs);
    const heard: string[] = [];
    const report = await migrate({
      ...options,
      requestedBy: 'the next',
      on: event => event.event === 'waiting' && heard.push(event.what),
    });
    expect(report).toMatchObject({ outcome: 'applied', applied: ['0003_c', '0004_d', '0005_e'] });
    expect(heard.join()).toContain('the dead');
    // The first that was answered after its end got it: at most the one that got it was asked for after that.
    const asked = made.local.log.entries.filter(({ sql }) => /requested_by = :requested_by/.test(sql ?? ''));
    expect(asked.slice(0, -1).filter(({ startedAt }) => new Date(startedAt) > end!)).toEqual([]);
    const { startedAt, milliseconds } = asked.at(-1)!;
    // Each of them is rounded.
    expect(Date.parse(startedAt) + milliseconds! + 5).toBeGreaterThanOrEqual(end!.getTime());
    await rightInTheEnd(made);
  });
});
