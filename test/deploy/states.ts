/** The part of Amazon States Language that CDK's waiter is written in. */
export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, Task>>;
}

interface Task {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly End?: boolean;
  readonly Retry?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly IntervalSeconds: number;
    readonly MaxAttempts: number;
    readonly BackoffRate: number;
  }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
}

/** Invokes a function by its ARN. */
export type Invoke = (arn: string, input: unknown) => Promise<{ payload: string; failed: boolean }>;

/** Execute a state machine to its end. `second`: milliseconds that one of its seconds takes. */
export async function execute(machine: Machine, input: unknown, invoke: Invoke, second: number): Promise<void> {
  let name: string | undefined = machine.StartAt;
  let given = input;
  while (name !== undefined) {
    const task: Task = machine.States[name]!;
    const error = await attempt(task, given, invoke, second);
    if (error === undefined) return;
    name = task.Catch?.[0]?.Next;
    given = { Error: error.errorType, Cause: JSON.stringify(error) };
  }
}

async function attempt(
  { Resource, Retry = [] }: Task,
  input: unknown,
  invoke: Invoke,
  second: number,
): Promise<{ errorType: string } | undefined> {
  const [rule] = Retry;
  for (let retries = 0; ; retries++) {
    const { failed, payload } = await invoke(Resource, input);
    if (!failed) return undefined;
    if (!rule || retries >= rule.MaxAttempts) return JSON.parse(payload);
    await new Promise(done => setTimeout(done, rule.IntervalSeconds * second));
  }
}
