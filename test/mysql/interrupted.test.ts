import { expect, test } from 'vitest';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import { describeMysql, fingerprintMysql, type MysqlBench, manifestOf, mysqlBench } from '../support/mysql.ts';

const FILES = {
  '001_first': `
create table a (id int primary key, n int);
insert into a (id, n) values (1, 1), (2, 2);
alter table a add index (n), add column m int;
update a set n = n + 1;
create trigger g before insert on a for each row set new.m = 1;
insert into a (id, n) values (5, 5);
truncate table a;
insert into a (id, n) values (7, 7);`,
  '002_second': 'insert into a (id, n) values (8, 8);',
  '003_third':
    'set @x = 3;\ncreate table b as select 1 as one;\ninsert into b values (@x);\nalter table b add index (one);',
};

/** One call of so many is tried, beginning at a random one; all of them with KILL_TRIALS=400. */
const EVERY = Number(process.env.KILL_TRIALS ?? 0) >= 400 ? 1 : 20;

/** How the service behaves, and whether the procedure is there. */
const WAYS: readonly [string, boolean][] = [
  ['with the procedure', true],
  ['without it', false],
];

describeMysql('a run that does not end', () => {
  test.each(WAYS)(
    '%s: the process dies before any call, or its answer is lost and it dies; the next run ends in the same schema',
    async (_, witness) => {
      const { migrations, expected, calls } = await whole(witness);
      for (let call = 1 + Math.floor(Math.random() * EVERY); call <= calls; call += EVERY) {
        for (const when of ['before', 'after'] as const) {
          const bench = await open(witness);
          bench.local.faults.add({ fault: 'reset', when, call, times: when === 'before' ? 0 : 1 });
          if (when === 'after') bench.local.faults.add({ fault: 'reset', call: call + 1, times: 0 });
          await bench.up(migrations, { budgetMs: 1, database: impatient(bench) }).catch(() => undefined);
          bench.local.faults.clear();
          // Another process, later: what the dead one held has run out.
          await bench.raw
            .query('update schema_migrations_lease set expires_at = utc_timestamp() - interval 1 day')
            .catch(() => undefined);
          await end(bench, migrations, expected, `${when} call ${call} of ${calls}`);
        }
      }
    },
    600_000,
  );

  test.each(WAYS)(
    '%s: one answer is lost, whichever; the same run ends in the same schema',
    async (_, witness) => {
      const { migrations, expected, calls } = await whole(witness);
      for (let call = 1 + Math.floor(Math.random() * EVERY); call <= calls; call += EVERY) {
        const bench = await open(witness);
        bench.local.faults.add({ fault: 'reset', when: 'after', call });
        await bench.up(migrations, { budgetMs: 20_000 }).catch(() => undefined);
        await end(bench, migrations, expected, `answer ${call} of ${calls}`);
      }
    },
    600_000,
  );
});

/** Idle transactions of a dead run end soon. */
function open(witness: boolean): Promise<MysqlBench> {
  return mysqlBench({ witness, clocks: { transactionIdle: 0.3 } });
}

function impatient(bench: MysqlBench) {
  return bench.client({ loadBudgetMs: 0 });
}

async function whole(witness: boolean) {
  const migrations = await manifestOf(FILES);
  const bench = await open(witness);
  const report = await bench.up(migrations);
  expect(report.outcome).toBe('applied');
  return { migrations, expected: await fingerprintMysql(bench.raw, bench.name), calls: report.dataApiCalls };
}

async function end(bench: MysqlBench, migrations: ManifestReader, expected: string[], what: string): Promise<void> {
  const report = await bench.up(migrations);
  const problems = JSON.stringify([report.problems, report.migrations.map(({ error }) => error).filter(Boolean)]);
  expect(['applied', 'nothing-to-do'], `${what}: ${problems}`).toContain(report.outcome);
  expect(await fingerprintMysql(bench.raw, bench.name), what).toEqual(expected);
  await bench.stop();
}
