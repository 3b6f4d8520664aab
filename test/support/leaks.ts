import { ChildProcess } from 'node:child_process';
import { Server } from 'node:net';
import { afterAll, vi } from 'vitest';

// Test files share a process: a timer, server or child process that one of them leaves would work beside the next one, and a fake clock stop it.
// This counts what keeps the event loop alive, before the file and after it. Idle sockets of a pool do not keep it alive.

/** How long what a file has ended may take to end, on a busy machine. The test of this very check does not wait for so long. */
const GRACE_MS = Number(process.env.LEAKS_GRACE_MS ?? 30_000);

// The real clock, also where the file has left a fake one.
const { setTimeout: after } = globalThis;
const { now } = Date;

const before = counts();

// Registered before all hooks of the file: it runs behind them.
afterAll(async () => {
  const fake = vi.isFakeTimers();
  vi.useRealTimers();
  const end = now() + GRACE_MS;
  while (surplus().length > 0 && now() < end) await new Promise(resolve => after(resolve, 10).unref());
  const left = [...surplus(), ...(fake ? ['fake timers: call vi.useRealTimers()'] : [])];
  if (left.length > 0) throw new Error(`This file has left behind: ${left.join('; ')}`);
});

/** How many there are of each kind of thing that keeps the process alive. */
function counts(): Map<string, number> {
  const found = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) found.set(kind, (found.get(kind) ?? 0) + 1);
  return found;
}

/** What there is more of than before the file, with what is known of it. */
function surplus(): string[] {
  const found: string[] = [];
  for (const [kind, count] of counts()) {
    const more = count - (before.get(kind) ?? 0);
    const known = KINDS[kind];
    if (known !== undefined && more > 0) found.push(`${more} ${known.noun}${known.details()}`);
  }
  return found;
}

/** Those that a test starts. Requests and pipes come and go with vitest's own messages. */
const KINDS: Readonly<Record<string, { readonly noun: string; readonly details: () => string }>> = {
  Timeout: { noun: 'timer(s), or an interval or a loop of waits', details: () => '' },
  Immediate: { noun: 'setImmediate', details: () => '' },
  TCPSocketWrap: { noun: 'socket(s)', details: () => '' },
  TCPServerWrap: {
    noun: 'server(s)',
    details: () => list(handles(Server), server => JSON.stringify(server.address())),
  },
  ProcessWrap: {
    noun: 'child process(es)',
    details: () => list(handles(ChildProcess), child => `${child.pid} ${child.spawnargs.join(' ')}`),
  },
};

function list<T>(all: readonly T[], text: (one: T) => string): string {
  return all.length === 0 ? '' : `, of ${all.map(text).join(', ')}`;
}

/** Node.js has no public way to the objects behind the counts; they only make the message better. */
function handles<T>(type: new (...args: never[]) => T): T[] {
  const { _getActiveHandles: active } = process as { _getActiveHandles?: () => unknown[] };
  return (active?.() ?? []).filter((one): one is T => one instanceof type);
}
