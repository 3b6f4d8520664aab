import { expect } from 'vitest';
import type { Report } from '../../lib/core/report.ts';
import type { MigrateOptions } from '../../lib/runner/index.ts';
import type { Bench } from './migrations.ts';
import { until } from './until.ts';

/** An application that reads the table `t`. */
export interface Application {
  /** Whether something waits for all of the table. */
  readonly queued: () => Promise<boolean>;
  readonly read: () => Promise<unknown>;
}

/** A migration of the table, which somebody reads in a transaction. */
export interface Behind extends Application {
  readonly lockTimeoutMs: number;
  readonly migrate: (options: Pick<MigrateOptions, 'lockTimeoutMs' | 'on'>) => Promise<Report>;
  /** The end of the reader. */
  readonly leave: () => Promise<unknown>;
}

/** See `Application.queued`. */
export const queuedOn = ({ value }: Bench) => {
  const queued = `select count(*)::int from pg_locks l join pg_database d on d.oid = l.database
    where d.datname = current_database() and l.relation = 't'::regclass and l.mode = 'AccessExclusiveLock' and not l.granted`;
  return async () => (await value(queued)) === 1;
};

/**
 * Read once something has queued behind a reader: no read gets in then either. It comes back when that gives way: in a test in which the reader
 * does not end before, else never.
 */
export async function readBehind({ queued, read }: Application, migrating: Promise<unknown>): Promise<void> {
  await until('somebody who queues for the table', queued, { during: migrating });
  await read();
}

/**
 * It gets through when the reader has ended, and other readers wait no longer than it does at a time, not for that end. Answers with what it said of
 * its waits meanwhile.
 */
export async function behindAReader({ lockTimeoutMs, migrate, leave, ...application }: Behind): Promise<string[]> {
  const heard: string[] = [];
  const migrating = migrate({ lockTimeoutMs, on: event => event.event === 'waiting' && heard.push(event.what) });
  while (heard.length < 2) await readBehind(application, migrating);
  const told = [...heard];
  await leave();
  expect(await migrating).toMatchObject({ outcome: 'applied', applied: ['0002_x'] });
  return told;
}
