import type { RowDataPacket } from 'mysql2/promise';
import { expect, test } from 'vitest';
import { random, rounds, SEED, WHOLE } from '../faults/random.ts';
import { connectTo, describeMysql, fingerprintMysql, manifestOf, mysqlBench } from '../support/mysql.ts';

/** A file that mixes DDL of every kind with DML that shows whether it ran once. */
const MIXED = `
create table orders (id int primary key, amount int not null, note varchar(20)) engine = InnoDB;
insert into orders (id, amount) values (1, 10), (2, 20), (3, 30);
alter table orders add column state varchar(10) not null default 'new', add index (state), drop column note;
update orders set amount = amount + 1;
create index orders_amount on orders (amount);
alter table orders add index (amount, state);
create table other (id int primary key, amount int);
insert into other select id, amount from orders;
rename table orders to swap_tmp, other to orders, swap_tmp to other;
update orders set amount = amount * 2;
create table parts (id int primary key) partition by range (id) (partition p0 values less than (100), partition p1 values less than maxvalue);
insert into parts values (1), (2), (200);
alter table parts truncate partition p1;
insert into parts values (300);
create table fresh like parts;
alter table fresh remove partitioning;
alter table parts exchange partition p0 with table fresh;
insert into fresh values (7000);
alter table parts reorganize partition p1 into (partition p1 values less than (500), partition p2 values less than maxvalue);
truncate table other;
insert into other (id, amount) values (9, 5);
alter table other rename column amount to total, modify state varchar(20), add constraint positive check (total > 0);
create view totals as select sum(amount) as total from orders;
drop index orders_amount on other;
alter table other rename to archive;
update orders set amount = amount + 7;
create procedure later() select 1;
create trigger before_orders before insert on orders for each row set new.amount = new.amount + 1;
insert into orders values (1000, 1);
drop view totals;
`;

/** A lease that was not given back ends by itself, soon. */
const SHORT = { leaseMs: 500 };

/** Each way. */
const TRIALS = rounds(200, 2);
/** Several at the same time. */
const PARALLEL = WHOLE ? 4 : 2;

describeMysql('a connection killed at a random moment', () => {
  test.each([
    ['with the procedure', true],
    ['without it', false],
  ])(
    '%s: right in the end, or unknown with the two commands; nothing twice',
    async (_, witness) => {
      const files = { '001_mixed': MIXED };
      const migrations = await manifestOf(files);
      const whole = await mysqlBench({ witness });
      const took = Date.now();
      expect((await whole.up(migrations)).outcome).toBe('applied');
      const duration = Date.now() - took;
      const expected = await fingerprintMysql(whole.raw, whole.name);
      const seen = { killed: 0, unknown: 0, right: 0 };
      const next = random();
      let trials = 0;
      await Promise.all(
        Array.from({ length: PARALLEL }, async () => {
          while (trials < TRIALS) await one(trials++);
        }),
      );
      console.log(`${TRIALS} trials, ${JSON.stringify(seen)} (FAULTS_SEED=${SEED})`);
      expect(seen.right + seen.unknown).toBe(TRIALS);

      async function one(trial: number): Promise<void> {
        const bench = await mysqlBench({ witness });
        const killer = await connectTo();
        let running = true;
        const kills = (async () => {
          // Twice in each trial: a run that goes on after a kill may be killed too.
          for (let nth = 0; nth < 2 && running; nth++) {
            await new Promise(done => setTimeout(done, next() * duration));
            for (let look = 0; look < 100 && running; look++) {
              const [rows] = await killer.query<RowDataPacket[]>(
                `select id as id from information_schema.processlist where db = ? and id <> connection_id() and command <> 'Sleep'`,
                [bench.name],
              );
              if (rows.length === 0) continue;
              for (const { id } of rows) {
                await killer.query(`kill ${trial % 3 === 0 ? 'query' : 'connection'} ${id}`).catch(() => undefined);
                seen.killed++;
              }
              break;
            }
          }
        })();
        let report = await bench.up(migrations, SHORT).catch((error: unknown) => error as Error);
        running = false;
        await kills;
        for (let again = 0; again < 5 && !isDone(report); again++) {
          report = await bench.up(migrations, SHORT).catch((error: unknown) => error as Error);
          const failed = 'migrations' in report ? report.migrations.find(({ error }) => error)?.error : undefined;
          if (failed?.code === 'unknown-outcome') {
            expect(failed.remedy).toMatch(
              /`aurora-migrations resolve .* --as done` or `aurora-migrations resolve .* --as not-done`/,
            );
            seen.unknown++;
            break;
          }
        }
        // No error code makes a statement done: what is in force, or that nobody knows, is all there is.
        if (isDone(report)) {
          expect(await fingerprintMysql(bench.raw, bench.name)).toEqual(expected);
          seen.right++;
        } else if (!('migrations' in report) || report.migrations.at(-1)?.error?.code !== 'unknown-outcome') {
          throw report instanceof Error ? report : new Error(JSON.stringify(report, null, 1));
        }
        expect(await bench.value(`select count(*) from schema_migrations where status = 'running'`)).toBe(0);
        killer.destroy();
        await bench.stop();
      }
    },
    3_000_000,
  );
});

function isDone(report: unknown): boolean {
  const outcome = (report as { outcome?: string }).outcome;
  return outcome === 'applied' || outcome === 'nothing-to-do';
}
