import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Answer, FunctionSpec } from './function.ts';

/** What answers the events of a function, one at a time. */
export interface Sandbox {
  /** Whether it can answer no more. */
  readonly dead: boolean;
  invoke(event: unknown, remainingMs: number): Promise<Answer>;
  stop(signal?: NodeJS.Signals): void;
}

export type OnLine = (line: { level: string; message: unknown }) => void;

const RUNTIME = fileURLToPath(new URL('./runtime.cjs', import.meta.url));

/** By Node.js itself, so that it loads handlers as Lambda does. */
const { load }: { load: Load } = createRequire(import.meta.url)('./in-process.cjs');

type Load = (
  spec: FunctionSpec,
  onOutput: (text: string) => void,
) => Promise<
  (event: unknown, invocation: { awsRequestId: string; getRemainingTimeInMillis(): number }) => Promise<unknown>
>;

/** Start one: a process where it may be killed, or its clock is scaled. */
export function startSandbox(spec: FunctionSpec, onLine: OnLine): Promise<Sandbox> {
  return spec.ownProcess ? ProcessSandbox.start(spec, onLine) : InProcessSandbox.start(spec, onLine);
}

/** Whole lines of JSON out of pieces of text. */
function lines(onLine: OnLine): (chunk: string) => void {
  let text = '';
  return chunk => {
    text += chunk;
    const whole = text.split('\n');
    text = whole.pop()!;
    for (const line of whole) onLine(JSON.parse(line));
  };
}

/** In Lambda's words. */
const timedOut = (id: string, seconds: number): Answer =>
  died(id, 'Sandbox.Timedout', `Task timed out after ${seconds.toFixed(2)} seconds`);

function died(id: string, errorType: string, what: string): Answer {
  return { payload: JSON.stringify({ errorType, errorMessage: `RequestId: ${id} Error: ${what}` }), failed: true };
}

class InProcessSandbox implements Sandbox {
  dead = false;
  readonly #handler: Awaited<ReturnType<Load>>;
  readonly #timeoutSeconds: number;

  private constructor(handler: Awaited<ReturnType<Load>>, timeoutSeconds: number) {
    this.#handler = handler;
    this.#timeoutSeconds = timeoutSeconds;
  }

  static async start(spec: FunctionSpec, onLine: OnLine): Promise<Sandbox> {
    return new InProcessSandbox(await load(spec, lines(onLine)), spec.timeoutSeconds);
  }

  async invoke(event: unknown, remainingMs: number): Promise<Answer> {
    const id = randomUUID();
    const until = Date.now() + remainingMs;
    const invocation = { awsRequestId: id, getRemainingTimeInMillis: () => Math.max(0, until - Date.now()) };
    let limit: NodeJS.Timeout | undefined;
    const late = new Promise<Answer>(done => {
      limit = setTimeout(() => {
        this.dead = true;
        done(timedOut(id, this.#timeoutSeconds));
      }, remainingMs);
    });
    // As over the network: nothing of what the test holds is the handler's.
    const answer = this.#handler(JSON.parse(JSON.stringify(event)), invocation).then(
      result => ({ payload: JSON.stringify(result ?? null), failed: false }),
      ({ name: errorType, message: errorMessage, stack }: Error) => ({
        payload: JSON.stringify({ errorType, errorMessage, trace: stack?.split('\n') }),
        failed: true,
      }),
    );
    return Promise.race([answer, late]).finally(() => clearTimeout(limit));
  }

  stop(signal?: NodeJS.Signals): void {
    if (signal === 'SIGKILL') throw new Error('Only a process can be killed: give the world a clock of its own');
    this.dead = true;
  }
}

class ProcessSandbox implements Sandbox {
  readonly #child: ChildProcess;
  readonly #spec: FunctionSpec;

  private constructor(child: ChildProcess, spec: FunctionSpec) {
    this.#child = child;
    this.#spec = spec;
  }

  get dead(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  static async start(spec: FunctionSpec, onLine: OnLine): Promise<Sandbox> {
    const { folder, handler, environment, sink, clock } = spec;
    const child = fork(RUNTIME, [], { cwd: folder, env: environment, execArgv: [], silent: true });
    child.stdout!.setEncoding('utf8').on('data', lines(onLine));
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => onLine({ level: 'STDERR', message: chunk }));
    const loaded = new Promise<{ loaded: boolean; error?: string }>((done, fail) => {
      child.once('message', message => done(message as { loaded: boolean }));
      child.once('exit', code => fail(new Error(`The function's process ended with ${code}`)));
    });
    child.send({ load: handler, sink, clock });
    const { loaded: ok, error } = await loaded;
    if (!ok) throw new Error(error);
    return new ProcessSandbox(child, spec);
  }

  invoke(event: unknown, remainingMs: number): Promise<Answer> {
    const id = randomUUID();
    const { clock, timeoutSeconds } = this.#spec;
    return new Promise(done => {
      const ended = (_: unknown, signal: string | null) => {
        const how = signal === null ? 'exit status 1' : 'signal: killed';
        end(died(id, 'Runtime.ExitError', `Runtime exited with error: ${how}`));
      };
      const late = () => {
        end(timedOut(id, timeoutSeconds));
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
