import { expect, test } from 'vitest';
import type { MysqlSwitches } from '../../lib/local/index.ts';
import type { Files } from '../support/migrations.ts';
import { describeMysql, fingerprintMysql, type MysqlBench, manifestOf, mysqlBench } from '../support/mysql.ts';
import { SHORT, type SweptFault, sweep } from '../support/sweep.ts';
import { sample } from './random.ts';
import { PATIENT, sweepAll, tell } from './sweep.ts';

/** DDL and DML, each with a checkpoint of its own; a procedure is what MySQL cannot prepare. */
const GOOD = {
  '0001_log':
    'create table log(n int); create table t(id int primary key, n int); insert into t values (1, 1), (2, 2), (3, 3);',
  '0002_dml': 'update t set n = n + 1; insert into log values (2);',
  '0003_steps':
    'insert into log values (3); alter table t add index i (n); update t set n = n * 2; create procedure p() select 1; drop index i on t; insert into log values (4);',
  '0004_alter': 'alter table t add column x int not null default 7;',
};

/** How MySQL is swept. */
interface Way {
  readonly how: string;
  /** Whether the service executes COMMIT AND CHAIN. */
  readonly chains: boolean;
  readonly faults: readonly SweptFault[];
  /** What else nobody knows of the service. */
  readonly switches?: MysqlSwitches;
}

/** Idle transactions of a dead run end soon. */
const start = ({ chains, switches = {} }: Way) =>
  mysqlBench({ chains, clocks: { transactionIdle: 0.3 }, mysql: { switches } });

export function sweepMysql(way: Way): void {
  const { how, faults } = way;
  describeMysql(`MySQL, ${how}`, PATIENT, () => {
    test('whatever happens to whichever call of a run, in the end all is done once', async () => {
      const points = await sweepAll({
        name: `MySQL, ${how}`,
        faults,
        start: () => start(way),
        reset: empty,
        fails: await manifestOf({
          ...GOOD,
          '0005_last': 'insert into log values (5); insert into t values (1, 1, 1);',
        }),
        mended: await manifestOf({
          ...GOOD,
          '0005_last': 'insert into log values (5); insert into t values (9, 1, 1);',
        }),
        contents: ({ raw, name }) => fingerprintMysql(raw, name),
        error: "Duplicate entry '1' for key 't.PRIMARY'",
      });
      expect(points).toBeGreaterThan(30 * faults.length);
    });
  });
}

const UNDONE: Files = {
  '0001_log': GOOD['0001_log'],
  '0002_a':
    '-- migrate:up\ncreate table a(id int); insert into log values (2);\n-- migrate:down\ndrop table a; insert into log values (-2);',
  '0003_b':
    '-- migrate:up\ninsert into log values (3);\n-- migrate:down\ninsert into log values (-3); create procedure p() select 1; alter table t add column x int; insert into log values (-4);',
};

/** The same of undoing: what is undone already is not undone again. */
export function sweepUndoing(way: Way): void {
  const { how, faults } = way;
  describeMysql(`MySQL, undoing, ${how}`, PATIENT, () => {
    test('whatever happens to whichever call, in the end all is undone once', async () => {
      const reset = async (bench: MysqlBench) => {
        await empty(bench);
        expect((await bench.up(UNDONE)).outcome).toBe('applied');
        bench.local.log.clear();
      };
      const swept = await sweep({
        faults,
        async start() {
          const bench = await start(way);
          await reset(bench);
          return bench;
        },
        reset,
        run: (bench, database) => bench.revert(UNDONE, { steps: 2 }, { ...SHORT, database }),
        choose: sample,
        async inspect(bench, { end }) {
          if ('thrown' in end) throw end.thrown;
          if ('value' in end) expect(end.value).toMatchObject({ outcome: 'reverted', reverted: ['0003_b', '0002_a'] });
          // Once more, to the same place.
          const again = await bench.revert(UNDONE, { to: '0001' }, SHORT);
          expect(again.outcome, JSON.stringify(again)).toMatch(/^(reverted|nothing-to-do)$/);
          expect(await bench.sql('select n from log order by n')).toEqual([[-4], [-3], [-2], [2], [3]]);
          expect(await bench.sql("show tables like 'a'")).toEqual([]);
          expect(await bench.sql('show columns from t')).toHaveLength(3);
          const rows = await bench.sql(
            "select name, status from schema_migrations where name in ('0002_a', '0003_b') and status <> 'failed' order by name, attempt",
          );
          expect(rows).toEqual(
            ['0002_a', '0003_b'].flatMap(name => [
              [name, 'applied'],
              [name, 'reverted'],
            ]),
          );
          bench.local.log.assertNoWriteRetried();
        },
      });
      tell(`MySQL, undoing, ${how}`, swept);
    });
  });
}

/** As a new database. */
async function empty({ raw, sql, name }: MysqlBench): Promise<void> {
  const tables = await sql(`select table_name from information_schema.tables where table_schema = '${name}'`);
  if (tables.length > 0) await raw.query(`drop table ${tables.flat().join(', ')}`);
  await raw.query('drop procedure if exists p');
}
