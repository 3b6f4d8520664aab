import type pg from 'pg';
import { describe, expect, test } from 'vitest';
import { bench, connect, type Files } from '../support/migrations.ts';

const FIRST: Files = { '0001_first': 'create table t(id int, n int); insert into t values (1, 1);' };
const LOCK_TIMEOUT = 500;

/** Reads the table again and again, as an application does. Answers with the longest that one of its reads took. */
async function reading(client: pg.Client, until: Promise<unknown>): Promise<number> {
  let over = false;
  let longest = 0;
  void until.finally(() => {
    over = true;
  });
  while (!over) {
    const began = Date.now();
    await client.query('select * from t');
    longest = Math.max(longest, Date.now() - began);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  return longest;
}

describe.concurrent('a reader of three seconds holds up an ALTER, and the ALTER nobody', () => {
  test.each([
    ['atomic', ''],
    ['stepwise', '-- migrate:up transaction:false\n'],
  ])('%s', async (_, head) => {
    await using made = await bench({ poolSize: 3, auto: false });
    await made.up(FIRST);
    const [slow, application] = [await connect(made, 'report'), await connect(made, 'application')];
    await slow.query('begin; select * from t');
    // One of that name in another schema is nobody's concern.
    const decoy = await connect(made, 'decoy');
    await decoy.query('create schema s; create table s.t(); begin; lock table s.t');
    const heard: string[] = [];
    const began = Date.now();
    const migrating = made.up(
      { ...FIRST, '0002_x': `${head}alter table t add column x int not null default 7;` },
      { lockTimeoutMs: LOCK_TIMEOUT, on: event => event.event === 'waiting' && heard.push(event.what) },
    );
    const longest = reading(application, migrating);
    await new Promise(resolve => setTimeout(resolve, 3000));
    await slow.query('commit');
    expect(await migrating).toMatchObject({ outcome: 'applied', applied: ['0002_x'] });
    expect(Date.now() - began).toBeGreaterThan(2900);
    // Behind an ALTER that waits no read gets in either: it waits as long as the ALTER does, not the three seconds. A busy machine adds some.
    expect(await longest).toBeLessThan(LOCK_TIMEOUT + 1500);
    expect(heard.length).toBeGreaterThan(1);
    expect(heard.join('\n')).toMatch(/a lock on t, held by process \d+ \(\w+, report: idle in transaction for \d+ s\)/);
    expect(heard.join()).not.toContain('decoy');
    expect(await made.value(`select count(*)::int from schema_migrations where name = '0002_x'`)).toBe(1);
    await decoy.end();
    await slow.end();
    await application.end();
  });

  test('an UPDATE of a row that is never let go fails, and says who held it', async () => {
    await using made = await bench({ poolSize: 3, auto: false });
    await made.up(FIRST);
    const holder = await connect(made, 'report');
    await holder.query('begin; update t set n = n');
    const report = await made.up({ ...FIRST, '0002_x': 'update t set n = n + 1;' }, { lockTimeoutMs: 300 });
    expect(report.migrations.at(-1)!.error).toMatchObject({
      code: '55P03',
      remedy: expect.stringMatching(
        /^Let the holder end .*: it waited for a row of t, held by process \d+ \(\w+, report: idle in transaction for \d+ s\)$/,
      ),
    });
    await holder.end();
  });
});
