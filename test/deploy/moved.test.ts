import { beforeAll, describe, expect, test } from 'vitest';
import { RESOURCE_TYPE } from '../../lambda/contract.ts';
import { type Assembly, synthesize } from './assembly.ts';
import { useWorld } from './world.ts';

/** May be executed again: a deploy applies it again when it was edited. */
const answer = "CREATE OR REPLACE FUNCTION answer() RETURNS int LANGUAGE sql AS 'SELECT 41';\n";
const world = useWorld();
let before: Assembly;
let edited: Assembly;
let unchanged: Assembly;

beforeAll(() => {
  before = synthesize({ '001_answer.sql': answer });
  unchanged = synthesize({ '001_answer.sql': answer });
  edited = synthesize({ '001_answer.sql': answer.replace('41', '42') });
});

/** The same with another logical id of its custom resource, as below another construct. */
function moved(assembly: Assembly): Assembly {
  const [id] = Object.entries(assembly.template.Resources).find(([, { Type }]) => Type === RESOURCE_TYPE)!;
  const template = JSON.parse(JSON.stringify(assembly.template).replaceAll(id, `Moved${id}`)) as Assembly['template'];
  return { ...assembly, template };
}

describe('an edited migration of a construct that was moved', () => {
  test('within its stack is applied', async () => {
    const stack = world.stack();
    await stack.create(before);
    stack.install(moved(edited));
    expect(await stack.request('Create')).toMatchObject({ Status: 'SUCCESS', Data: { Applied: '1', Pending: '0' } });
    expect(await world.attempts()).toEqual(['001_answer applied', '001_answer applied']);
  });

  test('to another stack is applied when the old stack has deleted it', async () => {
    const [old, other] = [world.stack('old'), world.stack('new')];
    await old.create(before);
    const tooEarly = await other.create(edited);
    expect(tooEarly.status).toBe('ROLLBACK_COMPLETE');
    expect(tooEarly.responses[0]!.Reason).toMatch(
      /001_answer was applied by another deploy hook, with other statements\. If that hook is this one before it was moved, deploy the stack that it was moved out of, then this one again\./,
    );
    expect((await old.delete()).responses[0]!.Status).toBe('SUCCESS');
    expect((await other.create(edited)).status).toBe('CREATE_COMPLETE');
    expect(await world.attempts()).toEqual(['001_answer applied', '001_answer applied']);
  });

  test('and back again belongs to its first stack, though nothing was to be done there', async () => {
    const [first, second] = [world.stack('first'), world.stack('second')];
    await first.create(before);
    await first.delete();
    expect((await first.create(unchanged)).responses[0]!.Data).toMatchObject({ Applied: '1', Pending: '0' });
    expect((await second.create(edited)).responses[0]!.Reason).toContain('was applied by another deploy hook');
    expect(await world.attempts()).toEqual(['001_answer applied']);
  });
});

test('a stack that is made anew goes on with its own migrations, edited ones too', async () => {
  const [one, anew] = [world.stack('app'), world.stack('app')];
  await one.create(before);
  // Its Delete never reached the database.
  expect((await anew.create(edited)).responses[0]).toMatchObject({ Status: 'SUCCESS', Data: { Applied: '1' } });
});
