import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

/** A Lambda function as the template describes it. */
export interface FunctionSpec {
  readonly name: string;
  /** The asset. */
  readonly folder: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  /** Where CDK's framework delivers its answers. */
  readonly sink?: string;
  /** Of a world whose time is scaled: the function's own clocks run as fast. */
  readonly clock?: Clock;
}

/** A clock that showed `began` when it was that late in truth, and since then has gone `second` milliseconds for each of its seconds. */
export interface Clock {
  readonly began: number;
  readonly second: number;
}

/** Milliseconds since 1970 by that clock. */
export function timeOf({ began, second }: Clock): number {
  return Math.round(began + ((Date.now() - began) * 1000) / second);
}

export interface Answer {
  readonly payload: string;
  readonly failed: boolean;
}

const RUNTIME = fileURLToPath(new URL('./runtime.cjs', import.meta.url));

/** A deployed function: every event gets an idle process or a new one, as Lambda's sandboxes do. */
export class DeployedFunction {
  readonly spec: FunctionSpec;
  /** Lines of its log, parsed. */
  readonly log: { level: string; message: unknown }[] = [];
  readonly #idle: Promise<Sandbox>[] = [];
  readonly #busy = new Set<Sandbox>();
  readonly #all: Promise<Sandbox>[] = [];

  constructor(spec: FunctionSpec) {
    this.spec = spec;
  }

  async invoke(event: unknown, remainingMs = this.spec.timeoutSeconds * 1000): Promise<Answer> {
    const starting = this.#idle.pop() ?? this.#start();
    const sandbox = await starting;
    this.#busy.add(sandbox);
    const answer = await sandbox.invoke(event, remainingMs);
    this.#busy.delete(sandbox);
    if (!sandbox.dead) this.#idle.push(starting);
    return answer;
  }

  /** Kill the processes that are at work, as a lack of memory does. */
  kill(): void {
    for (const sandbox of this.#busy) sandbox.stop('SIGKILL');
  }

  /** Invoke by hand, as `aws lambda invoke` does. */
  async act(event: unknown): Promise<{ failed: boolean; value: Record<string, unknown> }> {
    const { failed, payload } = await this.invoke(event);
    return { failed, value: JSON.parse(payload) as Record<string, unknown> };
  }

  /** End the sandboxes, as a change of the code does. */
  async stop(): Promise<void> {
    for (const sandbox of await Promise.allSettled(this.#all)) {
      if (sandbox.status === 'fulfilled') sandbox.value.stop();
    }
  }

  #start(): Promise<Sandbox> {
    const sandbox = Sandbox.start(this.spec, line => this.log.push(line));
    this.#all.push(sandbox);
    return sandbox;
  }
}

class Sandbox {
  readonly #child: ChildProcess;
  readonly #spec: FunctionSpec;

  private constructor(child: ChildProcess, spec: FunctionSpec) {
    this.#child = child;
    this.#spec = spec;
  }

  get dead(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  static async start(
    spec: FunctionSpec,
    onLine: (line: { level: string; message: unknown }) => void,
  ): Promise<Sandbox> {
    const { folder, handler, environment, sink, clock } = spec;
    const child = fork(RUNTIME, [], { cwd: folder, env: environment, execArgv: [], silent: true });
    let text = '';
    child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const lines = text.split('\n');
      text = lines.pop()!;
      for (const line of lines) onLine(JSON.parse(line));
    });
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => onLine({ level: 'STDERR', message: chunk }));
    const loaded = new Promise<{ loaded: boolean; error?: string }>((done, fail) => {
      child.once('message', message => done(message as { loaded: boolean }));
      child.once('exit', code => fail(new Error(`The function's process ended with ${code}`)));
    });
    child.send({ load: handler, sink, clock });
    const { loaded: ok, error } = await loaded;
    if (!ok) throw new Error(error);
    return new Sandbox(child, spec);
  }

  invoke(event: unknown, remainingMs: number): Promise<Answer> {
    const id = randomUUID();
    const { clock, timeoutSeconds } = this.#spec;
    return new Promise(done => {
      // In Lambda's words, both.
      const die = (errorType: string, what: string) =>
        end({ payload: JSON.stringify({ errorType, errorMessage: `RequestId: ${id} Error: ${what}` }), failed: true });
      const ended = (_: unknown, signal: string | null) =>
        die('Runtime.ExitError', `Runtime exited with error: ${signal === null ? 'exit status 1' : 'signal: killed'}`);
      const late = () => {
        die('Sandbox.Timedout', `Task timed out after ${timeoutSeconds.toFixed(2)} seconds`);
        this.stop('SIGKILL');
      };
      const limit = setTimeout(late, clock ? (remainingMs * clock.second) / 1000 : remainingMs);
      const answered = (message: unknown) => {
        const answer = message as { id: string; payload: string; failed?: boolean };
        if (answer.id === id) end({ payload: answer.payload, failed: answer.failed ?? false });
      };
      const end = (answer: Answer) => {
        clearTimeout(limit);
        this.#child.off('message', answered);
        this.#child.off('exit', ended);
        done(answer);
      };
      this.#child.once('exit', ended);
      this.#child.on('message', answered);
      this.#child.send({ id, event, remainingMs, requestId: id });
    });
  }

  stop(signal: NodeJS.Signals = 'SIGTERM'): void {
    this.#child.kill(signal);
  }
}
