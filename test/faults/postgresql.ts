import { fingerprint } from '../support/fingerprint.ts';
import { type Bench, bench, type Files, manifestOf } from '../support/migrations.ts';
import type { Sweeping } from './sweep.ts';

/**
 * DDL and DML, in one transaction and statement by statement. A CREATE INDEX CONCURRENTLY cannot be fenced off: where its request arrives
 * after its call was given up, it fails if the index is there, and builds it once more if a later statement has dropped it. So what is
 * dropped here is an index of an earlier migration.
 */
export const GOOD: Files = {
  '0001_log': 'create table log(n int); insert into log values (1);',
  '0002_ddl':
    'create table t(id int primary key, n int); insert into t select g, g from generate_series(1, 20) g; create index k on t(n); insert into log values (2);',
  '0003_dml': 'update t set n = n + 1; insert into log values (3);',
  '0004_steps': `-- migrate:up transaction:false
    insert into log values (4);
    create index concurrently i on t(n);
    update t set n = n * 2;
    drop index concurrently k;
    create index concurrently j on t(n, id);
    insert into log values (5);`,
  '0005_alter': 'alter table t add column x int not null default 7; create view v as select sum(n) from t;',
};

/**
 * What is swept, from a new copy of the empty database of that name. `bounded`: a statement_timeout is set, so that each call that executes
 * a migration takes a transaction of the Data API. `stepwise`: the last migration goes statement by statement, and fails at its second.
 */
export async function sweptPostgresql(
  empty: string,
  { bounded = false, stepwise = false } = {},
): Promise<Omit<Sweeping<Bench>, 'name'>> {
  const reset = async ({ raw }: Bench) => {
    await raw.query('drop schema public cascade; create schema public');
  };
  const last = (statement: string): Files => ({
    ...GOOD,
    '0006_last': `${stepwise ? '-- migrate:up transaction:false\n' : ''}insert into log values (6); ${statement}`,
  });
  return {
    async start() {
      // A transaction whose beginning was lost ends by itself.
      const clocks = { transactionIdle: 5 };
      const made = await bench({ template: empty, poolSize: 2, auto: false, clocks });
      const name = new URL(made.url).pathname.slice(1);
      if (bounded) await made.raw.query(`alter database ${name} set statement_timeout = '30s'`);
      await reset(made);
      return made;
    },
    reset,
    fails: await manifestOf(last('update t set n = n / (x - 7);')),
    mended: await manifestOf(last('update t set n = n / (x - 6);')),
    contents: ({ raw }) => fingerprint(raw),
    error: 'division by zero',
  };
}
