import { expect, test } from 'vitest';
import { describeMysql, fingerprintMysql, type MysqlBench, manifestOf, mysqlBench } from '../support/mysql.ts';
import type { SweptFault } from '../support/sweep.ts';
import { PATIENT, sweepAll } from './sweep.ts';

/** DDL and DML, each with a checkpoint of its own; a procedure is what MySQL cannot prepare. */
const GOOD = {
  '0001_log':
    'create table log(n int); create table t(id int primary key, n int); insert into t values (1, 1), (2, 2), (3, 3);',
  '0002_dml': 'update t set n = n + 1; insert into log values (2);',
  '0003_steps':
    'insert into log values (3); alter table t add index i (n); update t set n = n * 2; create procedure p() select 1; drop index i on t; insert into log values (4);',
  '0004_alter': 'alter table t add column x int not null default 7;',
};

/** With the procedure that applies a migration by itself, or without: nobody knows yet whether the service lets it be made. */
export function sweepMysql(how: string, witness: boolean, faults: readonly SweptFault[]): void {
  describeMysql(`MySQL, ${how}`, PATIENT, () => {
    test('whatever happens to whichever call of a run, in the end all is done once', async () => {
      const points = await sweepAll({
        name: `MySQL, ${how}`,
        faults,
        few: 6,
        // Idle transactions of a dead run end soon.
        start: () => mysqlBench({ witness, clocks: { transactionIdle: 0.3 } }),
        reset: bench => empty(bench, witness),
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
      expect(points).toBeGreaterThan(200);
    });
  });
}

/** As a new database; without the procedure as one in which it could not be made, and the tables are there. */
async function empty({ raw, sql, name }: MysqlBench, witness: boolean): Promise<void> {
  const tables = await sql(`select table_name from information_schema.tables where table_schema = '${name}'`);
  const ours = witness ? [] : ['schema_migrations', 'schema_migrations_lease'];
  const gone = tables.flat().filter(table => !ours.includes(String(table)));
  if (gone.length > 0) await raw.query(`drop table ${gone.join(', ')}`);
  await raw.query('drop procedure if exists p; drop procedure if exists schema_migrations_apply_1');
  if (witness) return;
  await raw.query(`delete from schema_migrations where version <> '000'; delete from schema_migrations_lease where id <> 'lease';
    update schema_migrations_lease set run_id = null, holder = null, expires_at = null`);
}
