import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { completeNative } from '../../lib/local/postgresql/embedded/binaries.ts';
import { trustExtensions } from '../../lib/local/postgresql/embedded/extensions.ts';
import { chooseLauncher, type Launcher } from '../../lib/local/postgresql/embedded/launcher.ts';
import { stopPostmaster } from '../../lib/local/postgresql/embedded/postmaster.ts';
import { tryStart } from '../../lib/local/postgresql/embedded/start.ts';
import { SUPERUSER } from '../../lib/local/postgresql/master-user.ts';
import { masterOf, useMemory } from '../support/global-setup.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Of `npm run test:versions`: the folder of the programs of the PostgreSQL that a project tries. */
    postgresPrograms: string;
  }
}

/** Starts the PostgreSQL of a project: with an `initdb` that every supported version understands. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  useMemory();
  const native = project.config.provide.postgresPrograms!;
  await completeNative(native);
  await trustExtensions(native);
  const binaries = { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres') };
  const directory = mkdtempSync(join(tmpdir(), 'aurora-migrations-version-'));
  const data = join(directory, 'data');
  mkdirSync(data, { mode: 0o700 });
  const launcher = await chooseLauncher(join(directory, 'none'));
  await launcher.own(directory);
  await launcher.own(data);
  await initdb(launcher, binaries.initdb, directory, data);
  const settings = { max_connections: '300', shared_buffers: '64MB', password_encryption: 'scram-sha-256' };
  const start = { directory, data, binaries, launcher, temporary: true, port: undefined, settings };
  const started = await tryStart(start);
  if (typeof started === 'string') throw new Error(`PostgreSQL of ${native} does not start: ${started}`);
  const superuserUrl = `postgresql://${SUPERUSER}:postgres@127.0.0.1:${started.port}/postgres`;
  project.provide('postgresUrl', superuserUrl);
  project.provide('postgresMasterUrl', await masterOf(superuserUrl));
  project.provide('mysqlUrl', '');
  project.provide('mysqlMasterUrl', '');
  project.provide('built', '');
  return async () => {
    await stopPostmaster(data, 'immediate');
    rmSync(directory, { recursive: true, force: true });
  };
}

function initdb(launcher: Launcher, program: string, directory: string, data: string): Promise<void> {
  const passwordFile = join(directory, 'password');
  writeFileSync(passwordFile, 'postgres');
  const args = [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--no-sync',
  ];
  return new Promise((done, failed) => {
    let output = '';
    const child = launcher.spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', chunk => (output += chunk));
    child.on('error', failed);
    child.on('close', code => (code === 0 ? done() : failed(new Error(output))));
  });
}
