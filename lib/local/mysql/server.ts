import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claim } from '../server/claim.ts';
import { diskFull } from '../server/disk.ts';
import { enter } from '../server/folder.ts';
import { StartError } from '../start-error.ts';
import { findDaemon, logOf, run, stopDaemon, tryDaemon } from './daemon.ts';
import { createMasterUser } from './master-user.ts';

/** A MySQL that this process started, or shares. */
export interface MysqlServer {
  /** Its root user, without a password: it listens on this machine only. */
  readonly url: string;
  /** A user with the privileges of Aurora's master user, without a password too. */
  readonly masterUrl: string;
  stop(): Promise<void>;
}

export interface MysqlServerOptions {
  /**
   * Where it keeps its data from one start to the next. Several processes may use it at the same time: they share one server.
   * @default a temporary folder, gone when it stops
   */
  readonly directory?: string | undefined;
  /** @default `mysqld` on PATH */
  readonly program?: string | undefined;
  /** System variables by name. Those that this version does not know are passed over. */
  readonly settings?: Readonly<Record<string, string>> | undefined;
  /** Told what is being waited for. */
  readonly progress?: ((message: string) => void) | undefined;
}

/** What a database that a test or a laptop can spare does without. */
const SETTINGS = [
  ...[
    '--bind-address=127.0.0.1',
    '--mysqlx=OFF',
    '--skip-log-bin',
    '--skip-name-resolve',
    '--innodb-flush-log-at-trx-commit=2',
  ],
  ...['--innodb-doublewrite=OFF', '--innodb-buffer-pool-size=64M', '--max-connections=300', '--max-allowed-packet=64M'],
];

/** Whether there is a `mysqld` to start. */
export function hasMysqld(program = 'mysqld'): boolean {
  return spawnSync(program, ['--no-defaults', '--version'], { stdio: 'ignore' }).status === 0;
}

/**
 * Start `mysqld`, with a new data folder where there is none, or share the one that runs on the same directory: whoever stops last stops it, and
 * one that a killed process left is found by the next. Throws a `StartError`.
 */
export async function startMysqld(options: MysqlServerOptions = {}): Promise<MysqlServer> {
  const { program = 'mysqld' } = options;
  if (!hasMysqld(program)) {
    throw new StartError(
      'There is no mysqld on this machine',
      'Install MySQL 8.0 or newer, or name a server with --url mysql://user@host/database.',
    );
  }
  const temporary = options.directory === undefined;
  const { directory, membership } = await enter(options.directory, {
    base: 'aurora-migrations-mysql',
    stop: left => stopDaemon(left, 'SIGKILL'),
  });
  async function stopServer(): Promise<void> {
    await stopDaemon(directory, temporary ? 'SIGKILL' : 'SIGTERM');
    if (temporary) rmSync(directory, { recursive: true, force: true });
  }
  try {
    const port = await startOrShare(directory, { ...options, program, temporary });
    const url = `mysql://root@127.0.0.1:${port}`;
    const masterUrl = await createMasterUser(url);
    let stopped: Promise<void> | undefined;
    return {
      url,
      masterUrl,
      stop: () => {
        stopped ??= membership.leave(stopServer);
        return stopped;
      },
    };
  } catch (error) {
    // Its folder stays, for the log: the next start removes it.
    await membership.leave(() => stopDaemon(directory, 'SIGKILL'));
    throw error;
  }
}

async function startOrShare(
  directory: string,
  {
    program,
    temporary,
    settings = {},
    progress = () => {},
  }: MysqlServerOptions & { program: string; temporary: boolean },
): Promise<number> {
  const data = join(directory, 'data');
  const own = supported(settings);
  if (!existsSync(data)) {
    progress('creating a MySQL …');
    await createData(directory, data, program, own.lower_case_table_names);
  }
  for (;;) {
    const running = await findDaemon(directory);
    if (running) return running.port;
    // A second one would wait for the first one's lock on the data for minutes.
    const giveBack = await claim(join(directory, 'starting'));
    if (giveBack) {
      try {
        progress('starting MySQL …');
        // What is thrown away afterwards need not survive a power cut.
        const sync = temporary ? ['--innodb-flush-method=nosync'] : [];
        const set = Object.entries(own).map(([name, value]) => `--loose-${name}=${value}`);
        const problem = await tryDaemon(directory, program, [...SETTINGS, ...set, ...sync, ...asRoot()]);
        if (problem !== null) throw notStarted(problem, directory);
      } finally {
        await giveBack();
      }
    } else await new Promise(done => setTimeout(done, 50));
  }
}

/** Without names in two cases where the file system has one: a server does not start there. */
function supported(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { lower_case_table_names: cases, ...rest } = settings;
  const ignored = cases === undefined || (cases === '0' && process.platform !== 'linux');
  return ignored ? rest : settings;
}

function notStarted(problem: string, directory: string): StartError {
  return (
    diskFull(problem, directory) ?? new StartError(`mysqld does not start: ${problem}`, `See ${logOf(directory)}.`)
  );
}

/** In a folder of its own first: two that come at the same time make one each, and one of them is taken. */
async function createData(
  directory: string,
  data: string,
  program: string,
  lowerCaseTableNames: string | undefined,
): Promise<void> {
  const own = mkdtempSync(join(directory, 'creating.'));
  // root@localhost alone would need a name for 127.0.0.1, which not every machine has.
  const script = `${own}.sql`;
  writeFileSync(script, "CREATE USER root@'127.0.0.1';\nGRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n");
  const init = ['--no-defaults', '--initialize-insecure', `--datadir=${own}`, `--init-file=${script}`];
  // A server takes it only with the data that was made with it.
  if (lowerCaseTableNames !== undefined) init.push(`--lower-case-table-names=${lowerCaseTableNames}`);
  try {
    const problem = await run(program, [...init, ...asRoot()], logOf(directory));
    if (problem !== null) throw notStarted(problem, directory);
    if (!existsSync(data)) renameSync(own, data);
  } catch (error) {
    if (!existsSync(data)) throw error;
  } finally {
    rmSync(own, { recursive: true, force: true });
    rmSync(script, { force: true });
  }
}

/** mysqld refuses to be root unless it is told to. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}
