import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { aws } from '../../lib/cli/deployed/aws-problem.ts';
import { findHook } from '../../lib/cli/deployed/stack.ts';

/** As the SDK throws it. */
function error(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

describe('what AWS says, with what to do', () => {
  const hook = { function: 'hook' };
  const stack = { stack: 'shop' };

  test.each([
    [
      hook,
      error('CredentialsProviderError', 'no'),
      'no-credentials',
      'AWS is not to be reached with these credentials: no. Sign in',
    ],
    [hook, error('ExpiredTokenException', 'no'), 'no-credentials', 'Sign in (`aws sso login`)'],
    [
      hook,
      error('ResourceNotFoundException', 'no'),
      'no-function',
      'The function hook is not there: no. Check its name',
    ],
    [
      hook,
      error('AccessDeniedException', 'no'),
      'not-allowed',
      'The function hook may not be asked by this user: no. Allow lambda:',
    ],
    [
      stack,
      error('AccessDenied', 'no'),
      'not-allowed',
      'The stack shop may not be asked by this user: no. Allow cloudformation:',
    ],
    [stack, error('ValidationError', 'no'), 'no-stack', 'The stack shop is not there: no. Check its name'],
    [hook, error('TimeoutError', 'no'), 'no-answer', 'The function hook did not answer: no. It may still be at work'],
    [hook, error('Error', 'Region is missing'), 'no-region', 'No region is known: Region is missing. Give --region'],
    [hook, error('Error', 'getaddrinfo ENOTFOUND'), 'no-answer', 'The function hook cannot be reached: getaddrinfo'],
  ])('%o: %s', async (what, thrown, code, message) => {
    const work = aws(what, Promise.reject(thrown));
    await expect(work).rejects.toThrow(message);
    await expect(work).rejects.toMatchObject({ code });
  });

  test('what nobody knows is handed on as it is', async () => {
    const strange = error('Strange', 'x');
    await expect(aws(hook, Promise.reject(strange))).rejects.toBe(strange);
  });
});

describe('the deploy hook of a stack', () => {
  async function find(hooks: readonly string[]): Promise<string> {
    const resource = (id: string, type: string) =>
      `<member><LogicalResourceId>${id}</LogicalResourceId><PhysicalResourceId>${id}-1</PhysicalResourceId><ResourceType>${type}</ResourceType></member>`;
    const all = hooks.map(id => resource(id, 'Custom::AuroraMigrations') + resource(`${id}F`, 'AWS::Lambda::Function'));
    const service = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const query = new URLSearchParams(text);
      const metadata = JSON.stringify({ 'aurora-migrations:function': `${query.get('LogicalResourceId')}F` });
      const result =
        query.get('Action') === 'ListStackResources'
          ? `<StackResourceSummaries>${all.join('')}</StackResourceSummaries>`
          : `<StackResourceDetail><Metadata>${metadata}</Metadata></StackResourceDetail>`;
      const action = query.get('Action');
      response.end(`<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`);
    });
    await new Promise<void>(done => service.listen(0, '127.0.0.1', done));
    const { port } = service.address() as AddressInfo;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    try {
      return await findHook('shop', {
        endpoint: `http://127.0.0.1:${port}`,
        region: 'us-east-1',
        credentials,
      } as never);
    } finally {
      service.close();
    }
  }

  test('one', async () => {
    expect(await find(['A'])).toBe('AF-1');
  });

  test('none', async () => {
    await expect(find([])).rejects.toThrow(
      'The stack shop has no deploy hook. Name the stack that AuroraMigrations is in',
    );
  });

  test('two', async () => {
    await expect(find(['A', 'B'])).rejects.toThrow(
      'The stack shop has 2 deploy hooks: AF-1, BF-1. Name the function of one of them with --function.',
    );
  });
});
