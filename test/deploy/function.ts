import { type Sandbox, startSandbox } from './sandbox.ts';

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
  /** Whether its sandboxes are processes, which can be killed, or handlers in the process of the test. */
  readonly ownProcess: boolean;
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

/** A deployed function: every event gets an idle sandbox or a new one. */
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
    const sandbox = startSandbox(this.spec, line => this.log.push(line));
    this.#all.push(sandbox);
    return sandbox;
  }
}
