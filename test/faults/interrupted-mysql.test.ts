import { expect, test } from 'vitest';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import { describeMysql, fingerprintMysql, type MysqlBench, manifestOf, mysqlBench } from '../support/mysql.ts';
import { SEED, sample } from './random.ts';

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
    'set @x = 3;\ncreate table b as select 1 as one;\ninsert into b values (@x);\ninsert into b values (@x + 1);\nalter table b add index (one);',
};

/** How the service behaves, and whether the procedure is there. */
const WAYS: readonly [string, boolean][] = [
  ['COMMIT AND CHAIN executed', true],
  ['COMMIT AND CHAIN refused', false],
];

/** `before`: the process dies between two calls. `after`: it dies, and the answer is lost. `lost`: the answer is lost, and the run goes on. */
const ENDS = ['before', 'after', 'lost'] as const;

describeMysql('a run that does not end, or does not hear', () => {
  test.each(WAYS)(
    '%s: at whichever call; the next run ends in the same schema, and nothing is done twice',
    { timeout: 900_000 },
    async (what, chains) => {
      const migrations = await manifestOf(FILES);
      const whole = await open(chains);
      const first = await whole.up(migrations);
      expect(first.outcome).toBe('applied');
      const expected = await fingerprintMysql(whole.raw, whole.name);
      const points = Array.from({ length: first.dataApiCalls }, (_, at) => at + 1).flatMap(call =>
        ENDS.map(when => ({ call, when })),
      );
      const chosen = [...sample(points)];
      const { length } = chosen;
      const work = async () => {
        for (let point = chosen.pop(); point; point = chosen.pop()) await meet(point, migrations, expected);
      };
      await Promise.all([work(), work(), work(), work()]);
      console.log(`${what}: ${points.length} points, ${length} tried (FAULTS_SEED=${SEED})`);

      async function meet(
        { call, when }: (typeof points)[number],
        files: ManifestReader,
        wanted: readonly string[],
      ): Promise<void> {
        const bench = await open(chains);
        const { faults } = bench.local;
        faults.add({ fault: 'reset', when: when === 'before' ? 'before' : 'after', call });
        if (when !== 'lost') faults.add({ fault: 'reset', call: call + 1, times: 0 });
        const options = when === 'lost' ? {} : { budgetMs: 1, database: bench.client({ loadBudgetMs: 0 }) };
        await bench.up(files, { leaseMs: 300, ...options }).catch(() => undefined);
        faults.clear();
        const at = `${when} call ${call} of ${first.dataApiCalls}, FAULTS_SEED=${SEED}`;
        const report = await bench.up(files, { leaseMs: 300 });
        const problems = JSON.stringify([report.problems, report.migrations.map(({ error }) => error).filter(Boolean)]);
        expect(['applied', 'nothing-to-do'], `${at}: ${problems}`).toContain(report.outcome);
        expect(await fingerprintMysql(bench.raw, bench.name), at).toEqual(wanted);
        // What died says so: nothing runs any more.
        expect(await bench.sql(`select name from schema_migrations where status = 'running'`), at).toEqual([]);
        expect(
          await bench.sql(
            `select name, count(*) from schema_migrations where status = 'applied' group by name having count(*) > 1`,
          ),
          at,
        ).toEqual([]);
        bench.local.log.assertNoWriteRetried();
        await bench.stop();
      }
    },
  );
});

/** Idle transactions of a dead run end soon. */
function open(chains: boolean): Promise<MysqlBench> {
  return mysqlBench({ chains, clocks: { transactionIdle: 0.3 } });
}
