import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { main } from '../../lib/cli/index.ts';
import { BUILT_CLI } from '../support/built.ts';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Record<string, string>;
  /** Columns of a terminal; without it nobody looks. */
  readonly columns?: number;
  readonly signal?: AbortSignal;
  readonly onWrite?: (text: string) => void;
}

/** The command line within this process: everything but `bin/migrate.ts` itself. */
export async function run(
  argv: readonly string[],
  { env = {}, columns, signal, onWrite }: RunOptions = {},
): Promise<Ran> {
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    isTTY: columns !== undefined,
    columns,
    write(text: string) {
      written[name] += text;
      onWrite?.(text);
    },
  });
  const code = await main(argv, {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: { USER: 'ada', ...env },
    signal: signal ?? new AbortController().signal,
    now: () => new Date(),
  });
  return { code, ...written };
}

// As `bin/migrate.ts` does: the SDK's word on old versions of Node.js is not for those who read test output.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';

/** The command line as a process of its own. */
export function start(argv: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [BUILT_CLI, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', ...env },
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', text => {
    written.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', text => {
    written.stderr += text;
  });
  const ended = once(child, 'close').then(([code]): Ran => ({ code: code as number | null, ...written }));
  return { child, written, ended };
}

/** A folder of its own for a test file, and the current one while it runs: messages name files as a user would see them. */
export function inTemporaryFolder(): void {
  const before = process.cwd();
  let folder = '';
  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'aurora-migrations-cli-')));
    process.chdir(folder);
  });
  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true, force: true });
  });
}

/** Write files below a folder of this name, which is made anew. */
export function folder(name: string, files: Readonly<Record<string, string | Buffer>>): string {
  rmSync(name, { recursive: true, force: true });
  mkdirSync(name, { recursive: true });
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(name, file)), { recursive: true });
    writeFileSync(join(name, file), content);
  }
  return name;
}
