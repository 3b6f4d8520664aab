import type pg from 'pg';
import type { Bench } from '../support/migrations.ts';
import { until } from '../support/until.ts';

/**
 * Read the table `t`, as an application does, once something has queued for all of it behind a reader. It comes back when that gives way: in a
 * test in which the reader does not end before, else never.
 */
export async function readBehind({ value }: Bench, application: pg.Client): Promise<void> {
  const queued = `select count(*)::int from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and l.relation = 't'::regclass and l.mode = 'AccessExclusiveLock' and not l.granted`;
  await until(async () => (await value(queued)) === 1);
  await application.query('select * from t');
}
