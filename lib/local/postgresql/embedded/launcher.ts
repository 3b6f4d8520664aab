import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { chown, readFile, stat } from 'node:fs/promises';
import { StartError, systemCode } from '../../start-error.ts';

/** How to run PostgreSQL's programs: it refuses to run as root, which is what containers are. */
export interface Launcher {
  readonly how: 'as-is' | 'user-namespace' | 'switch-user';
  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess;
  /** Give a folder to the user that PostgreSQL runs as. */
  own(folder: string): Promise<void>;
}

/**
 * Choose a launcher for a data directory (which need not exist yet). As root: a user namespace in which root has another number (it works
 * under folders that only root can enter); where namespaces are forbidden, the user `postgres` or `nobody`.
 * An existing data directory decides, because PostgreSQL insists on owning it.
 */
export async function chooseLauncher(data: string, prefer?: Launcher['how']): Promise<Launcher> {
  if (process.getuid?.() !== 0) return asIs;
  const owner = await ownerOf(data);
  if (owner !== undefined && owner !== 0) return switchUser({ uid: owner, gid: await groupOf(data) });
  if (prefer !== 'switch-user' && (await succeeds('unshare', [...namespace, 'true']))) return userNamespace;
  const account = await findAccount();
  if (owner === undefined && account) return switchUser(account);
  throw new StartError(
    'PostgreSQL does not run as root, and neither a user namespace nor another user is at hand',
    'Run as an ordinary user, allow unprivileged user namespaces (unshare), or give the URL of a PostgreSQL server.',
  );
}

const asIs: Launcher = {
  how: 'as-is',
  spawn: (program, args, options) => spawn(program, args, options),
  own: async () => {},
};

const namespace = ['--user', '--map-user=1000', '--map-group=1000', '--'];

// unshare replaces itself by the program: the process id is the program's.
const userNamespace: Launcher = {
  how: 'user-namespace',
  spawn: (program, args, options) => spawn('unshare', [...namespace, program, ...args], options),
  own: async () => {},
};

interface Account {
  readonly uid: number;
  readonly gid: number;
}

function switchUser({ uid, gid }: Account): Launcher {
  return {
    how: 'switch-user',
    spawn: (program, args, options) => spawn(program, args, { ...options, uid, gid }),
    own: folder => chown(folder, uid, gid),
  };
}

async function findAccount(): Promise<Account | undefined> {
  const lines = await readFile('/etc/passwd', 'utf8').then(text => text.split('\n'));
  for (const wanted of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find(line => line.startsWith(`${wanted}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

async function ownerOf(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).uid;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function groupOf(path: string): Promise<number> {
  return (await stat(path)).gid;
}

function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  return new Promise(resolve => {
    const child = spawn(command, args, { stdio: 'ignore' });
    child.on('error', () => resolve(false)); // No such command.
    child.on('exit', code => resolve(code === 0));
  });
}
