import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { StartError } from '../start-error.ts';
import { connect } from './pool.ts';

/** A MySQL that this process started. */
export interface MysqlServer {
  /** Its root user, without a password: it listens on this machine only. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface MysqlServerOptions {
  /** Where it keeps its data from one start to the next. @default a temporary folder, gone when it stops */
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

/** Start `mysqld`, with a new data folder where there is none. Throws a `StartError`. */
export async function startMysqld(options: MysqlServerOptions = {}): Promise<MysqlServer> {
  const { program = 'mysqld', progress = () => {} } = options;
  if (!hasMysqld(program)) {
    throw new StartError(
      'There is no mysqld on this machine',
      'Install MySQL 8.0 or newer, or name a server with --url mysql://user@host/database.',
    );
  }
  const temporary = options.directory === undefined;
  const directory = resolve(options.directory ?? mkdtempSync(join(tmpdir(), 'aurora-migrations-mysql-')));
  mkdirSync(directory, { recursive: true });
  const data = join(directory, 'data');
  const log = join(directory, 'mysqld.log');
  if (!existsSync(join(data, 'mysql.ibd'))) {
    progress('creating a MySQL …');
    rmSync(data, { recursive: true, force: true });
    // root@localhost alone would need a name for 127.0.0.1, which not every machine has.
    const script = join(directory, 'init.sql');
    writeFileSync(script, "CREATE USER root@'127.0.0.1';\nGRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION;\n");
    const init = ['--no-defaults', '--initialize-insecure', `--datadir=${data}`, `--init-file=${script}`];
    await run(program, [...init, ...asRoot()], log);
  }
  progress('starting MySQL …');
  const port = await freePort();
  // What is thrown away afterwards need not survive a power cut.
  const sync = temporary ? ['--innodb-flush-method=nosync'] : [];
  const own = Object.entries(options.settings ?? {}).map(([name, value]) => `--loose-${name}=${value}`);
  const args = [
    '--no-defaults',
    `--datadir=${data}`,
    `--port=${port}`,
    '--socket=',
    `--pid-file=${join(directory, 'mysqld.pid')}`,
  ];
  const child = start(program, [...args, ...SETTINGS, ...own, ...sync, ...asRoot()], log);
  const url = `mysql://root@127.0.0.1:${port}`;
  try {
    await answers(url, child, log);
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  // Whoever goes without stopping it leaves no server behind.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  return {
    url,
    async stop() {
      process.removeListener('exit', kill);
      await ended(child, temporary ? 'SIGKILL' : 'SIGTERM');
      if (temporary) rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** mysqld refuses to be root unless it is told to. */
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

function start(program: string, args: readonly string[], log: string): ChildProcess {
  const out = openSync(log, 'w');
  const child = spawn(program, args, { stdio: ['ignore', out, out] });
  closeSync(out);
  return child;
}

async function run(program: string, args: readonly string[], log: string): Promise<void> {
  const child = start(program, args, log);
  const code = await new Promise<number | null>((done, reject) => {
    child.once('error', reject);
    child.once('exit', done);
  });
  if (code !== 0) throw failed(log);
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise(done => {
    child.once('exit', () => done());
    child.kill(signal);
  });
}

async function answers(url: string, child: ChildProcess, log: string): Promise<void> {
  const until = Date.now() + 60_000;
  for (;;) {
    try {
      (await connect(url, undefined)).destroy();
      return;
    } catch (error) {
      const refused = (error as { errno?: number }).errno;
      if (refused !== undefined && refused > 1000) throw error;
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > until) throw failed(log);
      await new Promise(done => setTimeout(done, 100));
    }
  }
}

/** With the last error of its log. */
function failed(log: string): StartError {
  const lines = readFileSync(log, 'utf8').split('\n');
  const last = lines.findLast(line => line.includes('[ERROR]'))?.replace(/^.*\[Server\]\s*|^.*\[InnoDB\]\s*/, '');
  return new StartError(`mysqld does not start: ${last ?? 'no reason given'}`, `See ${log}.`);
}

function freePort(): Promise<number> {
  return new Promise((done, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
