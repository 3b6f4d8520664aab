import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, type DeployedFunction, timeOf } from './function.ts';
import { execute, type Machine } from './states.ts';

/** What CloudFormation hears of a custom resource. */
export interface ResourceResponse {
  readonly Status: 'SUCCESS' | 'FAILED';
  readonly Reason: string;
  readonly PhysicalResourceId: string;
  readonly RequestId: string;
  readonly Data?: Readonly<Record<string, string>>;
  /** Bytes of the body as it arrived. */
  readonly bytes: number;
  /** Seconds after the request that it arrived, by the clock of this AWS. */
  readonly seconds: number;
}

export interface Invocation {
  readonly name: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** What it took, by the clock of this AWS; undefined while it is at work. */
  seconds?: number;
}

/** Milliseconds that a second of a state machine takes, where nothing else is scaled. */
const SECOND = 4;

/** As much of Lambda, Step Functions, CloudFormation and its response bucket as a deploy meets, on one port. */
export class Aws {
  readonly functions = new Map<string, DeployedFunction>();
  readonly machines = new Map<string, Machine>();
  /** Status by stack id, as DescribeStacks tells it. `denied`: the caller may not ask. */
  readonly stacks = new Map<string, string>();
  /** Every invocation through Lambda, in order. */
  readonly invocations: Invocation[] = [];
  /** How often DescribeStacks was asked. */
  described = 0;
  /** Where time is scaled. */
  readonly clock: Clock | undefined;
  readonly #server: Server;
  readonly #waiting = new Map<string, (response: Omit<ResourceResponse, 'seconds'>) => void>();
  readonly #executions: Promise<void>[] = [];

  private constructor(server: Server, clock: Clock | undefined) {
    this.#server = server;
    this.clock = clock;
  }

  /** `second`: milliseconds that a second takes, of the functions of stacks too. @default a real one, and that of a state machine four */
  static async start({ second }: { second?: number | undefined } = {}): Promise<Aws> {
    const server = createServer((request, response) => {
      void aws.#answer(request).then(({ status = 200, headers = {}, body }) => {
        response.writeHead(status, headers).end(body);
      });
    });
    const aws = new Aws(server, second === undefined ? undefined : { began: Date.now(), second });
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    return aws;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** A response URL, and what will arrive there first. */
  expectResponse(token: string): { url: string; response: Promise<ResourceResponse> } {
    const began = this.#now();
    const response = new Promise<ResourceResponse>(done =>
      this.#waiting.set(`/${token}`, answer => done({ ...answer, seconds: (this.#now() - began) / 1000 })),
    );
    return { url: `https://cloudformation-custom-resource-response.invalid/${token}`, response };
  }

  /** Wait until every state machine that was started has ended. */
  async settle(): Promise<void> {
    for (let seen = -1; seen !== this.#executions.length; ) {
      seen = this.#executions.length;
      await Promise.all(this.#executions);
    }
  }

  async invoke(arn: string, event: unknown): Promise<{ payload: string; failed: boolean }> {
    const known = this.functions.get(arn);
    if (!known) throw new Error(`There is no function ${arn}`);
    const invocation: Invocation = { name: known.spec.name, event: event as Invocation['event'] };
    this.invocations.push(invocation);
    const began = this.#now();
    const answer = await known.invoke(event);
    invocation.seconds = (this.#now() - began) / 1000;
    return answer;
  }

  /** Kill the processes of CDK's framework that poll: the state machine starts them anew. */
  killWaiter(): void {
    for (const each of this.functions.values()) if (each.spec.handler === 'framework.isComplete') each.kill();
  }

  #now(): number {
    return this.clock ? timeOf(this.clock) : Date.now();
  }

  /** Forget the stacks and their hooks. CDK's framework stays warm: it knows nothing of a stack but names. */
  async reset(): Promise<void> {
    await Promise.allSettled(this.#executions.splice(0));
    for (const [arn, each] of this.functions) {
      if (each.spec.sink !== undefined) continue;
      await each.stop();
      this.functions.delete(arn);
    }
    this.stacks.clear();
    this.invocations.length = 0;
    this.described = 0;
  }

  async stop(): Promise<void> {
    await this.reset();
    for (const each of this.functions.values()) await each.stop();
    this.#server.closeAllConnections();
    await new Promise(done => this.#server.close(done));
  }

  async #answer(request: IncomingMessage): Promise<Reply> {
    const text = await read(request);
    const url = new URL(request.url ?? '/', 'http://aws');
    const [, arn, what] = /^\/2015-03-31\/functions\/([^/]+)(\/invocations)?$/.exec(url.pathname) ?? [];
    if (arn !== undefined && what !== undefined) {
      const { payload, failed } = await this.invoke(decodeURIComponent(arn), JSON.parse(text));
      return { headers: failed ? { 'x-amz-function-error': 'Unhandled' } : {}, body: payload };
    }
    if (arn !== undefined) return { body: '{"Configuration":{"State":"Active","LastUpdateStatus":"Successful"}}' };
    if (String(request.headers['x-amz-target']).endsWith('.StartExecution')) {
      const { stateMachineArn, input } = JSON.parse(text) as { stateMachineArn: string; input: string };
      const machine = this.machines.get(stateMachineArn)!;
      this.#executions.push(
        execute(machine, JSON.parse(input), (to, event) => this.invoke(to, event), this.clock?.second ?? SECOND),
      );
      return { body: JSON.stringify({ executionArn: `${stateMachineArn}:1`, startDate: 0 }) };
    }
    if (request.method === 'PUT') return this.#respond(url.pathname, text);
    return this.#describeStacks(new URLSearchParams(text));
  }

  /** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html: 4,096 bytes, and your own words are lost. */
  #respond(path: string, text: string): Reply {
    const bytes = Buffer.byteLength(text);
    const response = JSON.parse(text) as Omit<ResourceResponse, 'bytes' | 'seconds'>;
    const tooLong = { Status: 'FAILED', Reason: 'Response object is too long.' } as const;
    this.#waiting.get(path)?.({ ...response, ...(bytes > 4096 && tooLong), bytes });
    return { body: '' };
  }

  #describeStacks(query: URLSearchParams): Reply {
    this.described++;
    const id = query.get('StackName') ?? '';
    const status = this.stacks.get(id);
    if (query.get('Action') !== 'DescribeStacks' || status === undefined || status === 'denied') {
      const code = status === undefined ? 'ValidationError' : 'AccessDenied';
      return {
        status: status === undefined ? 400 : 403,
        headers: { 'content-type': 'text/xml' },
        body: `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`,
      };
    }
    return {
      headers: { 'content-type': 'text/xml' },
      body: `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackId>${id}</StackId><StackName>stack</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    };
  }
}

interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
