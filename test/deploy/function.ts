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
  readonly #all: Promise<Sandbox>[] = [];

  constructor(spec: FunctionSpec) {
    this.spec = spec;
  }

  async invoke(event: unknown, remainingMs = this.spec.timeoutSeconds * 1000): Promise<Answer> {
    const sandbox = this.#idle.pop() ?? this.#start();
    const answer = await (await sandbox).invoke(event, remainingMs);
    this.#idle.push(sandbox);
    return answer;
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

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  static async start(
    { folder, handler, environment, sink }: FunctionSpec,
    onLine: (line: { level: string; message: unknown }) => void,
  ): Promise<Sandbox> {
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
    child.send({ load: handler, sink });
    const { loaded: ok, error } = await loaded;
    if (!ok) throw new Error(error);
    return new Sandbox(child);
  }

  invoke(event: unknown, remainingMs: number): Promise<Answer> {
    const id = randomUUID();
    return new Promise((done, fail) => {
      const ended = () => fail(new Error("The function's process ended"));
      this.#child.once('exit', ended);
      const answered = (message: unknown) => {
        const answer = message as { id: string; payload: string; failed?: boolean };
        if (answer.id !== id) return;
        this.#child.off('message', answered);
        this.#child.off('exit', ended);
        done({ payload: answer.payload, failed: answer.failed ?? false });
      };
      this.#child.on('message', answered);
      this.#child.send({ id, event, remainingMs, requestId: id });
    });
  }

  stop(): void {
    this.#child.kill();
  }
}
