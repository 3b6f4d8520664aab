import type { RowDataPacket } from 'mysql2/promise';
import { expect, test } from 'vitest';
import type { Report } from '../../lib/core/report.ts';
import {
  connectTo,
  describeMysql,
  fingerprintMysql,
  type MysqlBench,
  manifestOf,
  mysqlBench,
} from '../support/mysql.ts';
import { until } from '../support/until.ts';
import { random, rounds, SEED } from './random.ts';

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

/** Each way. A run in which nothing was at work when it was to be killed is none. */
const TRIALS = rounds(100);
/** Several at the same time. */
const PARALLEL = 4;

const NAME = '001_mixed';

describeMysql('a connection killed at a random moment', () => {
  test.each([
    { chains: true, transactionAfterDdl: 'kept', errors: 'sqlstate' },
    { chains: false, transactionAfterDdl: 'kept', errors: 'driver' },
    { chains: true, transactionAfterDdl: 'gone', errors: 'message' },
    { chains: false, transactionAfterDdl: 'gone', errors: 'code' },
  ] as const)(
    'COMMIT AND CHAIN $chains, a transaction behind DDL $transactionAfterDdl, errors as $errors: right in the end, also where a person has to say what was done; nothing twice',
    async ({ chains, ...switches }) => {
      const start = () => mysqlBench({ chains, mysql: { switches } });
      const files = { [NAME]: MIXED };
      const migrations = await manifestOf(files);
      const whole = await start();
      const { outcome, dataApiCalls } = await whole.up(migrations);
      expect(outcome).toBe('applied');
      const expected = await fingerprintMysql(whole.raw, whole.name);
      const seen = { killed: 0, idle: 0, unkilled: 0, resolved: 0, right: 0 };
      const next = random();
      let trials = 0;
      await Promise.all(
        Array.from({ length: PARALLEL }, async () => {
          while (trials < TRIALS) {
            const trial = trials++;
            while (!(await one(trial))) expect(++seen.unkilled).toBeLessThan(10 * TRIALS);
          }
        }),
      );
      console.log(`${TRIALS} trials, ${JSON.stringify(seen)} (FAULTS_SEED=${SEED})`);
      expect(seen.killed).toBeGreaterThanOrEqual(TRIALS);
      expect(seen.right).toBe(TRIALS);
      expect(seen.resolved).toBeLessThanOrEqual(Math.max(1, 0.02 * TRIALS));

      /** False: nothing was killed. */
      async function one(trial: number): Promise<boolean> {
        const bench = await start();
        const killer = await connectTo();
        let running = true;
        let killed = 0;
        const kill = async (idle: boolean) => {
          const [rows] = await killer.query<RowDataPacket[]>(
            `select id as id from information_schema.processlist where db = ? and id <> ? and ${idle ? 'true' : "command <> 'Sleep'"}`,
            [bench.name, bench.raw.threadId],
          );
          for (const { id } of rows) {
            await killer
              .query(`kill ${trial % 3 === 0 && !idle ? 'query' : 'connection'} ${id}`)
              .catch(() => undefined);
            killed++;
            if (idle) seen.idle++;
          }
          return rows.length > 0;
        };
        const kills = (async () => {
          // Twice in each trial: a run that goes on after a kill may be killed too. Now and then with what is idle in the pool.
          for (let nth = 0; nth < 2 && running; nth++) {
            const idle = next() < 0.25;
            // After a call, not a time: on a busy machine one run takes many times as long as another.
            const calls = Math.floor(next() * dataApiCalls);
            const { entries } = bench.local.log;
            await until(`call ${calls}`, () => entries.length >= calls || !running, { everyMs: 1, withinMs: 180_000 });
            for (let look = 0; look < 100 && running && !(await kill(idle)); look++);
          }
        })();
        const up = () => bench.up(migrations, SHORT).catch((error: unknown) => error as Error);
        let report = await up();
        running = false;
        await kills;
        for (let again = 0; again < 5 && !isDone(report); again++) {
          if (killed > 0 && (await isResolved(bench, report))) seen.resolved++;
          report = await up();
        }
        await right(bench, report);
        killer.destroy();
        await bench.stop();
        seen.killed += killed;
        if (killed > 0) seen.right++;
        return killed > 0;
      }

      /** What a person does where the outcome of a statement is unknown: looks, and says what is. */
      async function isResolved(bench: MysqlBench, report: Report | Error): Promise<boolean> {
        const failed = 'migrations' in report ? report.migrations.find(({ error }) => error)?.error : undefined;
        if (failed?.code !== 'unknown-outcome') return false;
        expect(failed.remedy).toMatch(
          /`aurora-migrations resolve .* --as done` or `aurora-migrations resolve .* --as not-done`/,
        );
        const statement = failed.statement!;
        const stands = await fingerprintMysql(bench.raw, bench.name);
        const same = (of: string[]) => JSON.stringify(of) === JSON.stringify(stands);
        const isDone = same(await after(statement));
        if (!isDone) expect(stands).toEqual(await after(statement - 1));
        await bench.resolve(files, NAME, statement, isDone ? 'done' : 'not-done');
        return true;
      }

      /** What stands after so many statements. */
      async function after(statements: number): Promise<string[]> {
        const bench = await start();
        const first = MIXED.trim()
          .split(/(?<=;)\n/)
          .slice(0, statements);
        expect((await bench.up({ [NAME]: first.join('\n') })).outcome).toBe('applied');
        const found = await fingerprintMysql(bench.raw, bench.name);
        await bench.stop();
        return found;
      }

      /** No error code makes a statement done: what is applied, or that nobody knows, is all there is. */
      async function right(bench: MysqlBench, report: Report | Error): Promise<void> {
        try {
          if (report instanceof Error) throw report;
          expect(report).toMatchObject({ outcome: expect.stringMatching(/^(applied|nothing-to-do)$/) });
          expect(await fingerprintMysql(bench.raw, bench.name)).toEqual(expected);
          expect(await bench.value(`select count(*) from schema_migrations where status = 'running'`)).toBe(0);
        } catch (error) {
          const rows = await bench.sql(
            'select attempt, status, statements_applied, error_code, error_message, in_flight from schema_migrations where name = ? order by attempt',
            [NAME],
          );
          console.error(rows.map(row => JSON.stringify(row)).join('\n'));
          throw error;
        }
      }
    },
    3_000_000,
  );
});

function isDone(report: Report | Error): boolean {
  return 'outcome' in report && /^(applied|nothing-to-do)$/.test(report.outcome);
}
