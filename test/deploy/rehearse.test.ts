import { beforeAll, describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder } from '../cli/run.ts';
import { synthesize } from './assembly.ts';
import type { DeployedStack } from './stack.ts';
import { useTerminal } from './terminal.ts';
import { useWorld } from './world.ts';

const DEPLOYED = {
  '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY);\n',
  '002_steps.sql': '-- migrate:up transaction:false\nCREATE TABLE a (id int);\nSELECT 1/0;\nCREATE TABLE c (id int);\n',
};

inTemporaryFolder();

describe('rehearse through a deployed function', () => {
  const world = useWorld({ once: true });
  const ask = useTerminal(() => world.aws);
  let stack: DeployedStack;
  beforeAll(async () => {
    stack = world.stack();
    await stack.create(synthesize({ '001_users.sql': DEPLOYED['001_users.sql'] }));
    await stack.update(synthesize(DEPLOYED)).catch(() => undefined);
  });

  const rehearse = (files: Record<string, string>, ...argv: string[]) => {
    folder('sql', files);
    return ask(stack, 'rehearse', '--dir', 'sql', ...argv);
  };

  test('a half-done migration goes on where the database stands, by the files that are here', async () => {
    const before = await world.rows('select m::text from schema_migrations m order by 1');
    const fixed = { ...DEPLOYED, '002_steps.sql': DEPLOYED['002_steps.sql'].replace('1/0', '1') };
    const { code, text, words } = await rehearse({
      ...fixed,
      '003_users.sql': 'ALTER TABLE users ADD COLUMN n int;\n',
    });
    expect(code, text).toBe(0);
    expect(text).toMatch(/^✓ 002_steps$/m);
    expect(text).toMatch(/^✓ 003_users$/m);
    expect(words).toContain('ACCESS EXCLUSIVE on public.users: blocks reads and writes');
    expect(words).toContain('002_steps is half done: rehearsed from statement 2 on');
    expect(words).toContain('2 rehearsals work');
    expect(text).toContain('+CREATE TABLE public.c (');
    expect(text).not.toContain('+CREATE TABLE public.a (');
    expect(await world.rows('select m::text from schema_migrations m order by 1')).toEqual(before);
  });

  test('an edited statement of what is done stops it, as it would stop the deploy', async () => {
    const edited = {
      ...DEPLOYED,
      '002_steps.sql': DEPLOYED['002_steps.sql'].replace('CREATE TABLE a (id', 'CREATE TABLE a (x'),
    };
    const { code, words } = await rehearse(edited);
    expect(code).toBe(1);
    expect(words).toMatch(/statement 1 .*(edited|changed)/);
    expect(words).toContain('It would stop: 1 problem');
  });
});

describe('rehearse through a function of a construct with options of its own', () => {
  const world = useWorld({ once: true });
  const ask = useTerminal(() => world.aws);

  test('names and options of the plan are those that the construct was told', async () => {
    const first = { '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY);\n' };
    const stack = world.stack();
    await stack.create(synthesize(first, { table: 'our_migrations', onChanged: 'fail' }));
    const view = (column: string) => `CREATE OR REPLACE VIEW v AS SELECT id AS ${column} FROM users;\n`;
    await stack.update(
      synthesize({ ...first, '002_v.sql': view('a') }, { table: 'our_migrations', onChanged: 'fail' }),
    );
    folder('sql', { ...first, '002_v.sql': view('b') });
    const refused = await ask(stack, 'rehearse', '--dir', 'sql');
    expect(refused.code, refused.text).toBe(1);
    expect(refused.words).toContain('It would stop: 1 problem');
    const { code, words } = await ask(stack, 'rehearse', '--dir', 'sql', '--on-changed', 'reapply');
    expect(words).toContain('cannot change name of view column "a" to "b"');
    expect(code).toBe(1);
    expect((await ask(stack, 'rehearse', '--dir', 'sql', '--table', 'other')).words).toContain(
      '--table is what the construct was told',
    );
  });
});
