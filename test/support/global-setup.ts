import { randomBytes } from 'node:crypto';
import { existsSync, statfsSync } from 'node:fs';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { hasMysqld, startEmbedded, startMysqld } from '../../lib/local/index.ts';
import { createMasterUser } from '../../lib/local/mysql/master-user.ts';
import { createMasterUser as createPostgresqlMasterUser } from '../../lib/local/postgresql/master-user.ts';
import { buildPackage } from './build.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Superuser on the server that all tests share, database `postgres`. */
    postgresUrl: string;
    /** A user of it with the rights of Aurora's master user: the sessions of the local Data API belong to this one. */
    postgresMasterUrl: string;
    /** Root on the MySQL that all tests share; '' where there is none: the tests that need it are skipped. */
    mysqlUrl: string;
    /** A user of it with the privileges of Aurora's master user: the sessions of the local Data API belong to this one. */
    mysqlMasterUrl: string;
    /** The package, built: the folder that `dist` is. */
    built: string;
  }
}

/** One PostgreSQL, one MySQL and one build of the package for the whole run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  useMemory();
  const stops = await Promise.all([setupPostgresql(project), setupMysql(project), setupBuilt(project)]);
  return async () => {
    for (const stop of stops) await stop?.();
  };
}

/** Bytes that must be free there. */
const ROOM = 3 * 1024 ** 3;

/**
 * What the servers and the tests keep for a second is kept in memory, where Linux offers that: much of the time of many tests is copies of
 * databases, and folders that come and go. The processes of the tests are started after this, and inherit it.
 */
export function useMemory(): void {
  const memory = '/dev/shm';
  if (!existsSync(memory)) return;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize >= ROOM) process.env.TMPDIR = memory;
}

async function setupBuilt(project: TestProject): Promise<() => void> {
  const { folder, remove } = await buildPackage();
  project.provide('built', folder);
  return remove;
}

/** For tables of a few rows that live for a second: no threads to build an index with, no statistics on the disk. */
const SMALL = {
  innodb_ddl_threads: '1',
  innodb_parallel_read_threads: '1',
  innodb_stats_persistent: 'OFF',
  innodb_adaptive_hash_index: 'OFF',
  innodb_log_writer_threads: 'OFF',
};

/** The MySQL of `TEST_MYSQL_URL`, or one from `mysqld` on PATH. One that cannot be started costs its own tests, not all of them. */
async function setupMysql(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const url = process.env.TEST_MYSQL_URL ?? (hasMysqld() ? undefined : '');
  const server = url === undefined ? await startMysqld({ settings: SMALL }).catch(tellWhy) : undefined;
  project.provide('mysqlUrl', server?.url ?? url ?? '');
  const given = url ? createMasterUser(url, randomBytes(12).toString('hex')) : '';
  project.provide('mysqlMasterUrl', server?.masterUrl ?? (await given));
  return server && (() => server.stop());
}

function tellWhy(error: unknown): undefined {
  const why = error instanceof Error ? error.message : String(error);
  console.error(`\n!!! THE MYSQL TESTS ARE SKIPPED: there is a mysqld on PATH, and it cannot be started.\n${why}\n`);
}

/** The PostgreSQL of `TEST_POSTGRES_URL`, or an embedded one. */
async function setupPostgresql(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const url = process.env.TEST_POSTGRES_URL;
  if (url !== undefined) {
    project.provide('postgresUrl', url);
    project.provide('postgresMasterUrl', await masterOf(url));
    return undefined;
  }
  const server = await startEmbedded({ settings: { max_connections: '300', shared_buffers: '64MB' } });
  project.provide('postgresUrl', server.url);
  project.provide('postgresMasterUrl', server.masterUrl);
  return () => server.stop();
}

/** Makes Aurora's master user on a server, and returns its URL: on a server of one's own the superuser may have the name that Aurora's master user has. */
export async function masterOf(url: string): Promise<string> {
  const master = new URL(url);
  const name = master.username === 'postgres' ? 'aurora_master' : 'postgres';
  const password = randomBytes(12).toString('hex');
  const superuser = new pg.Client(url);
  await superuser.connect();
  await createPostgresqlMasterUser(superuser, password, name);
  await superuser.end();
  Object.assign(master, { username: name, password });
  return master.href;
}
