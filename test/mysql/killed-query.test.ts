import { expect, test } from 'vitest';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';
import { mortal } from '../support/sweep.ts';
import { until } from '../support/until.ts';

const FIRST = { '001_first': 'create table t (id int primary key, n int); insert into t values (1, 1);' };
const FILES = { ...FIRST, '002_x': 'update t set n = n + 1; update t set n = n * 10;' };
const SHORT = { leaseMs: 300, lockTimeoutMs: 1000 };

/** The witness sleeps in its first checkpoint, behind the statement and before the commit, until somebody has killed its query. */
async function killInCheckpoint({ raw, name, sql }: MysqlBench): Promise<void> {
  await raw.query(`select get_lock('slow ${name}', 0);
    create trigger slow before update on schema_migrations for each row
    if new.name = '002_x' and new.statements_applied = 1 and is_used_lock('slow ${name}') is not null then do sleep(20); end if`);
  void (async () => {
    const asleep = () =>
      sql(`select id from information_schema.processlist where db = '${name}' and state = 'User sleep'`);
    await until('a session that sleeps', async () => (await asleep()).length > 0);
    const [[id] = []] = await asleep();
    await raw.query(`kill query ${id}; select release_lock('slow ${name}')`);
  })();
}

describeMysql('a KILL QUERY between a statement and its checkpoint', () => {
  test.each([1, 2, 4])('does nothing twice, with %i sessions in the pool', async poolSize => {
    const bench = await mysqlBench({ poolSize });
    await bench.up(FIRST);
    await killInCheckpoint(bench);
    const report = await bench.up(FILES, SHORT);
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.value('select n from t')).toBe(20);
  });

  test('is unknown where somebody else has committed what was left behind', async () => {
    const bench = await mysqlBench({ poolSize: 1 });
    await bench.up(FIRST);
    await killInCheckpoint(bench);
    // An application begins a transaction, in that very session.
    bench.local.faults.after({ pattern: 'CALL .schema_migrations_apply', call: 1 }, () =>
      bench.client().transaction(async () => undefined),
    );
    // It is asked for, however often it is run.
    for (let nth = 0; nth < 2; nth++) {
      const report = await bench.up(FILES, SHORT);
      expect(report.outcome).toBe('failed');
      expect(report.migrations.at(-1)?.error).toMatchObject({ code: 'unknown-outcome', statement: 1 });
    }
    expect(await bench.value('select n from t')).toBe(2);
    await bench.resolve(FILES, '002_x', 1, 'done');
    expect((await bench.up(FILES, SHORT)).outcome).toBe('applied');
    expect(await bench.value('select n from t')).toBe(20);
  });

  test.each([
    ['in that session', 0.99],
    ['in another', 0],
  ])('and the run that dies with it: the next one, that asks %s, ends the session', async (_, then) => {
    let which = 0.99;
    const bench = await mysqlBench({ poolSize: 2, random: () => which });
    await bench.up(FIRST);
    await killInCheckpoint(bench);
    const death = new AbortController();
    bench.local.faults.after({ pattern: 'CALL .schema_migrations_apply' }, () => death.abort());
    const dead = new Promise(resolve => death.signal.addEventListener('abort', resolve));
    void bench.up(FILES, { ...SHORT, database: mortal(bench.client(), death.signal) });
    await dead;
    which = then;
    const began = Date.now();
    expect(await bench.up(FILES, SHORT)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.value('select n from t')).toBe(20);
    expect(bench.local.log.entries.filter(({ sql }) => sql?.startsWith('KILL'))).toHaveLength(1);
    // Nobody has waited for a lock until it ended, which takes 50 s.
    expect(Date.now() - began).toBeLessThan(45_000);
  });
});
