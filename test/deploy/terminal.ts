import { afterAll, beforeAll, expect } from 'vitest';
import { type Ran, run } from '../cli/run.ts';
import type { Aws } from './aws.ts';
import type { DeployedStack } from './stack.ts';

const VARIABLES = ['AWS_ENDPOINT_URL_LAMBDA', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_REGION'];

/** What a terminal shows, and the exit code. */
export interface Shown {
  readonly code: Ran['code'];
  readonly text: string;
  /** The text in one line: it does not matter where the terminal breaks it. */
  readonly words: string;
}

/** Registers the hooks that put the variables of AWS back. @returns what asks the deployed function of a stack by command line */
export function useTerminal(
  aws: () => Pick<Aws, 'endpoint' | 'functions'>,
): (stack: DeployedStack, ...argv: string[]) => Promise<Shown> {
  let before: (readonly [string, string | undefined])[] = [];
  beforeAll(() => {
    before = VARIABLES.map(name => [name, process.env[name]] as const);
  });
  afterAll(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
  return async (stack, ...argv) => {
    const { endpoint, functions } = aws();
    const values = [endpoint, 'local', 'local', 'us-east-1'];
    for (const [at, name] of VARIABLES.entries()) process.env[name] = values[at];
    const [arn = ''] = [...functions].find(([, each]) => each === stack.hook) ?? [];
    const { code, stdout, stderr } = await run([...argv, '--function', arn], { env: { NO_COLOR: '1' }, columns: 100 });
    const text = stderr + stdout;
    if (process.env.SHOW_TERMINAL) process.stdout.write(`$ aurora-migrations ${argv.join(' ')}\n${text}\n`);
    return { code, text, words: text.replace(/\s+/g, ' ') };
  };
}

/** The code that a rollback brought back does not have 002_posts: whichever way it is asked, it says why that failed, and what to do. */
export async function expectToldByOldCode(
  ask: (...argv: string[]) => Promise<Shown>,
  { cause, next }: { readonly cause: RegExp; readonly next: string },
): Promise<void> {
  for (const [argv, code] of [
    [['status', '--exit-code'], 3],
    [['plan', '--deployed', '--exit-code'], 3],
    [['verify'], 1],
    [['history'], 0],
  ] as const) {
    const { words, ...shown } = await ask(...argv);
    expect(shown.code, words).toBe(code);
    expect(words).toContain('002_posts');
    expect(words).toMatch(cause);
    expect(words).toContain(next);
  }
}
