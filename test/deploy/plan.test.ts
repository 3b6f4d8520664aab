import { beforeAll, describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
import { until } from '../support/until.ts';
import { whileRows } from '../support/while-rows.ts';
import { type Assembly, type Files, synthesize } from './assembly.ts';
import { useTerminal } from './terminal.ts';
import { useWorld } from './world.ts';

const USERS = { '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY, email text);\n' };
const VIEW = { '002_names.sql': 'CREATE OR REPLACE VIEW names AS SELECT email FROM users;\n' };
const OLD = { ...USERS, ...VIEW };
const POSTS = '-- migrate:up transaction:false\nCREATE TABLE posts (id int);\nINSERT INTO ';
const HALF = { ...OLD, '003_posts.sql': `${POSTS}nowhere VALUES (1);\n` };
const FIXED = { ...OLD, '003_posts.sql': `${POSTS}posts VALUES (1);\n` };

inTemporaryFolder();
const world = useWorld();
const terminal = useTerminal(() => world.aws);
let old: Assembly;
let half: Assembly;
beforeAll(() => {
  old = synthesize(OLD);
  half = synthesize(HALF);
});

interface Shown {
  readonly steps: readonly { readonly migration: string; readonly reason: string; readonly from: number }[];
  readonly problems: readonly { readonly code: string }[];
  readonly notes: readonly string[];
  readonly findings: readonly { readonly rule: string; readonly migration: string }[];
}

/** What a plan says, in short words. */
const short = ({ steps, problems, findings }: Shown) => [
  ...steps.map(({ migration, reason, from }) => `${migration} ${reason} ${from}`),
  ...problems.map(({ code }) => code),
  ...findings.map(({ rule, migration }) => `${migration}: ${rule}`),
];

describe('plan --function: the folder here, the history of the deployed database', () => {
  const renamed = { ...USERS, '007_names_of_users.sql': VIEW['002_names.sql'] };
  const cases: readonly [what: string, deploys: 'old' | 'half', next: Files, says: readonly string[]][] = [
    ['nothing new', 'old', OLD, []],
    [
      'new ones, of which one works on a table that is there and one on a new one',
      'old',
      {
        ...OLD,
        '003_index.sql': 'CREATE INDEX users_email ON users (email);\n',
        '004_new.sql': 'CREATE TABLE fresh (id int);\n',
        '005_index.sql': 'CREATE INDEX fresh_id ON fresh (id);\n',
      },
      [
        '003_index pending 1',
        '004_new pending 1',
        '005_index pending 1',
        '003_index: require-concurrent-index-creation',
      ],
    ],
    ['one with a new name', 'old', renamed, ['007_names_of_users moved 0']],
    [
      'one that was edited, and is applied again',
      'old',
      { ...USERS, '002_names.sql': VIEW['002_names.sql'].replace('email', 'email, id') },
      ['002_names changed 1'],
    ],
    [
      'one that was edited, and must not be applied again',
      'old',
      { ...VIEW, '001_users.sql': 'CREATE TABLE users (id bigint);\n' },
      ['changed-removed'],
    ],
    ['a half-done one that was fixed', 'half', FIXED, ['003_posts resumed 2']],
    [
      'a half-done one whose done part was edited',
      'half',
      { ...FIXED, '003_posts.sql': FIXED['003_posts.sql'].replace('id int', 'id bigint') },
      ['edited-half-done'],
    ],
    [
      'a half-done one that is gone',
      'half',
      { ...OLD, '004_new.sql': 'CREATE TABLE fresh (id int);\n' },
      ['004_new pending 1'],
    ],
  ];

  test.each(cases)(
    '%s: as at the database itself, and as the deploy then does',
    async (_, deploys, next, says) => {
      const stack = world.stack();
      await stack.create(old);
      if (deploys === 'half') expect((await stack.update(half)).status).toBe('UPDATE_ROLLBACK_COMPLETE');
      const dir = ['--dir', folder('next', next), '--json', '--sql'];
      const far = await terminal(stack, 'plan', ...dir);
      const near = await run(['plan', '--url', world.local.postgresUrl, ...dir]);
      const planned = JSON.parse(far.text) as Shown;
      expect(planned).toEqual(JSON.parse(near.stdout));
      expect(far.code).toBe(near.code);
      expect(short(planned)).toEqual(says);
      const before = await world.attempts();
      const { status } = await stack.update(synthesize(next));
      expect(status).toBe(planned.problems.length > 0 ? 'UPDATE_ROLLBACK_COMPLETE' : 'UPDATE_COMPLETE');
      const done = (await world.attempts()).slice(before.length).map(line => line.split(' ')[0]);
      expect(done).toEqual(planned.problems.length > 0 ? [] : planned.steps.map(({ migration }) => migration));
    },
    240_000,
  );

  test('goes by what the construct was told, and by other options where they are given', async () => {
    await world.rows('create table users (id int primary key, email text)');
    const stack = world.stack();
    // Deployed, and not yet run.
    stack.install(synthesize(OLD, { baseline: '001', table: 'history', onChanged: 'ignore' }));
    const dir = ['--dir', folder('next', OLD), '--json'];
    const plan = async (...more: string[]) =>
      JSON.parse((await terminal(stack, 'plan', ...dir, ...more)).text) as Shown;
    expect(short(await plan())).toEqual([
      '000_create_migrations_table pending 1',
      '001_users baseline 1',
      '002_names pending 1',
    ]);
    expect((await stack.request('Create')).Status).toBe('SUCCESS');
    expect(await world.attempts('history')).toEqual(['001_users baselined', '002_names applied']);
    folder('next', { ...OLD, '002_names.sql': VIEW['002_names.sql'].replace('email', 'email, id') });
    expect(await plan()).toMatchObject({ steps: [], notes: [expect.stringContaining('the change is ignored')] });
    expect(short(await plan('--on-changed', 'reapply'))).toEqual(['002_names changed 1']);
  }, 240_000);

  test('a run that is at work is shown', async () => {
    const stack = world.stack();
    await stack.create(old);
    await world.rows("insert into users values (1, 'a')");
    const slow = { ...OLD, '003_slow.sql': whileRows('users') };
    const deploy = stack.update(synthesize(slow));
    const dir = ['--dir', folder('next', slow)];
    let words = '';
    const isSeen = async () => {
      ({ words } = await terminal(stack, 'plan', ...dir));
      return words.includes('A run is at work (003_slow');
    };
    await until('a migration at work', isSeen, { during: deploy });
    expect(words).toMatch(/^next → function \S+ /);
    await world.rows('delete from users');
    expect((await deploy).status).toBe('UPDATE_COMPLETE');
  }, 240_000);
});
