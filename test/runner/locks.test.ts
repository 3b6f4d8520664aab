import { describe, expect, test } from 'vitest';
import { behindAReader, queuedOn } from '../support/behind.ts';
import { bench, connect, type Files } from '../support/migrations.ts';

const FIRST: Files = { '0001_first': 'create table t(id int, n int); insert into t values (1, 1);' };

describe.concurrent('a reader holds up an ALTER for as long as it reads, and the ALTER nobody', () => {
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
    const heard = await behindAReader({
      lockTimeoutMs: 500,
      migrate: options =>
        made.up({ ...FIRST, '0002_x': `${head}alter table t add column x int not null default 7;` }, options),
      queued: queuedOn(made),
      read: () => application.query('select * from t'),
      leave: () => slow.query('commit'),
    });
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
        /^It was rolled back completely\. Let the holder end .*: it waited for a row of t, held by process \d+ \(\w+, report: idle in transaction for \d+ s\)$/,
      ),
    });
    await holder.end();
  });
});
