import { beforeAll, describe, expect, test } from 'vitest';
import { type Assembly, stamped, synthesize } from './assembly.ts';
import { useWorld } from './world.ts';

const files = { '001_users.sql': 'CREATE TABLE users (id int);\n' };
const arns = {
  cluster: 'arn:aws:rds:us-east-1:000000000000:cluster:local',
  secret: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:local-AbCdEf',
};
const later = '2027-01-01T00:00:00.000Z';

describe('a cluster', () => {
  const world = useWorld();
  let made: Assembly;
  let imported: Assembly;
  beforeAll(() => {
    made = synthesize(files);
    imported = synthesize(files, arns);
  });

  test.each([
    ['whose secret is gone', 'no-secret', 'Check the ARN of the secret, and that the caller may read and decrypt it.'],
  ] as const)('%s: what to do, in one line', async (_, fault, remedy) => {
    const stack = world.stack();
    await stack.create(made);
    world.local.faults.add({ fault, times: 0 });
    const { responses } = await stack.update(stamped(made, later));
    expect(responses[0]!.Status).toBe('FAILED');
    expect(responses[0]!.Reason.split('\n')[0]).toContain(remedy);
    expect(responses[0]!.bytes).toBeLessThan(4096);
  });

  test.each([
    ['that is paused', 'resuming', 'the cluster to resume'],
    ['whose writer is not there yet', 'no-writer', 'the writer instance of the cluster'],
    [
      'that is being changed',
      { name: 'InvalidResourceStateException', status: 400, message: 'The cluster is in state modifying' },
      'the cluster to be available',
    ],
    ['whose writer went away', 'writer-unavailable', 'the writer instance of the cluster'],
  ] as const)('%s is waited for', async (_, fault, what) => {
    const stack = world.stack();
    world.local.faults.add({ fault, milliseconds: 900 });
    expect((await stack.create(made)).status).toBe('CREATE_COMPLETE');
    expect(stack.hook.log).toContainEqual(
      expect.objectContaining({ event: 'waiting', what, message: expect.stringContaining(what) }),
    );
  });

  test('that is paused is not woken up and waited for by a Delete', async () => {
    const stack = world.stack();
    await stack.create(made);
    world.local.faults.add({ fault: 'resuming', milliseconds: 60_000 });
    expect((await stack.delete()).responses[0]!.Status).toBe('SUCCESS');
  });

  test('of which only the ARN is known: its secret names engine and database', async () => {
    const stack = world.stack();
    expect((await stack.create(imported)).status).toBe('CREATE_COMPLETE');
    expect(stack.hook.spec.environment).not.toHaveProperty('DATABASE');
    expect(await world.tables()).toEqual(['users']);
  });
});

describe('a secret', () => {
  const world = useWorld({ secretWithout: ['dbname'] });

  test('without dbname: which option to give, and no password', async () => {
    const stack = world.stack();
    const { responses } = await stack.create(synthesize(files, arns));
    expect(responses[0]!.Reason).toMatch(
      /^The secret arn:.* has no dbname, and the construct was not told either\. Give the construct the option database: the name of the database\.\n/,
    );
  });
});
