import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemCode } from '../start-error.ts';

/**
 * What tells one process from a later one that was given the same number: its start time, in whatever form the system has it.
 * Undefined: there is no such process (a zombie counts as none).
 */
export async function processBirth(pid: number): Promise<string | undefined> {
  if (!signalable(pid)) return undefined;
  if (process.platform === 'linux') {
    try {
      const text = await readFile(`/proc/${pid}/stat`, 'utf8');
      // pid (name) state … : the name may hold spaces and brackets. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
      const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return undefined;
      throw error;
    }
  }
  if (process.platform === 'win32') return 'alive';
  const birth = await ps(pid, 'lstart=');
  return birth === '' ? undefined : birth.replace(/\W+/g, '-');
}

/** Whether a process of this number is the server `program`, started on this data directory, as far as can be told. */
export async function serves(pid: number, program: string, data: string): Promise<boolean> {
  if (process.platform === 'win32') return (await processBirth(pid)) !== undefined;
  const command = await commandOf(pid);
  return command.includes(program) && command.includes(data);
}

/** With what words a process was started; '' where there is none. */
export async function commandOf(pid: number): Promise<string> {
  if ((await processBirth(pid)) === undefined) return '';
  return process.platform === 'linux' ? commandLine(pid) : ps(pid, 'command=');
}

async function commandLine(pid: number): Promise<string> {
  try {
    return await readFile(`/proc/${pid}/cmdline`, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ESRCH') return '';
    throw error;
  }
}

/** Wait until a process is gone; false when it is still there after `milliseconds`. */
export async function gone(pid: number, milliseconds: number): Promise<boolean> {
  const deadline = Date.now() + milliseconds;
  while ((await processBirth(pid)) !== undefined) {
    if (Date.now() > deadline) return false;
    await sleep(5);
  }
  return true;
}

function signalable(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === 'EPERM';
  }
}

function ps(pid: number, format: string): Promise<string> {
  return new Promise(resolve => {
    execFile('ps', ['-o', format, '-p', String(pid)], (_error, stdout) => resolve(stdout.trim()));
  });
}
