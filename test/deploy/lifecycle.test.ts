import { readdirSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import type { AuroraMigrationsProps } from '../../lib/cdk/index.ts';
import { freshDatabase, freshLocal } from '../support/postgresql.ts';
import { type Assembly, synthesize } from './assembly.ts';
import { useWorld } from './world.ts';

const first = { '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY);\n' };
const second = { ...first, '002_posts.sql': 'CREATE TABLE posts (id int);\nINSERT INTO posts VALUES (1);\n' };

const world = useWorld();
let one: Assembly;
let two: Assembly;
let twoAgain: Assembly;

beforeAll(() => {
  one = synthesize(first);
  two = synthesize(second);
  twoAgain = synthesize(second);
});

describe('a deploy', () => {
  test('Create applies all, Update what is new, the same again nothing, Delete touches nothing', async () => {
    const stack = world.stack();
    const created = await stack.create(one);
    expect(created.status).toBe('CREATE_COMPLETE');
    expect(created.responses[0]).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'aurora-migrations' });
    expect(created.responses[0]!.Data).toEqual({ Latest: '001_users', Applied: '1', Pending: '0', Notes: '' });
    expect(await world.tables()).toEqual(['users']);

    const updated = await stack.update(two);
    expect(updated.status).toBe('UPDATE_COMPLETE');
    expect(updated.responses[0]!.Data).toEqual({ Latest: '002_posts', Applied: '2', Pending: '0', Notes: '' });
    expect(await world.tables()).toEqual(['posts', 'users']);
    expect(await world.attempts()).toEqual(['001_users applied', '002_posts applied']);

    world.local.log.clear();
    const again = await stack.update(twoAgain);
    expect(again.responses.map(({ Status }) => Status)).toEqual(['SUCCESS']);
    expect(again.responses[0]!.Data).toEqual(updated.responses[0]!.Data);
    expect(world.local.log.entries.map(({ operation }) => operation)).toEqual(['ExecuteStatement']);
    expect(world.aws.described, 'CloudFormation is asked where an Update has steps').toBe(1);

    const before = [await world.attempts(), await world.rows('select * from posts')];
    const deleted = await stack.delete();
    expect(deleted.responses[0]).toMatchObject({ Status: 'SUCCESS', PhysicalResourceId: 'aurora-migrations' });
    expect([await world.attempts(), await world.rows('select * from posts')]).toEqual(before);
    world.local.log.assertNoWriteRetried();
  });

  test('N pending migrations cost N + 5 calls, with those for the plan, the announcement and the fingerprint of the schema', async () => {
    const stack = world.stack();
    await stack.create(one);
    world.local.log.clear();
    await stack.update(two);
    // onEvent: history, announcement. isComplete: history, lease, migration, fingerprint with the lease given back.
    expect(world.local.log.entries).toHaveLength(1 + 5);
  });

  test('the whole history says who asked', async () => {
    const stack = world.stack();
    const { responses } = await stack.create(one);
    const rows = await world.rows(`select hook, requested_by from schema_migrations where name = '001_users'`);
    expect(rows).toEqual([
      { hook: `${stack.id}/${stack.logicalId}`, requested_by: `CloudFormation Create ${responses[0]!.RequestId}` },
    ]);
    expect(stack.hook.spec.environment.HOOK).toBe(`${stack.id}/${stack.logicalId}`);
  });
});

describe('what is deployed', () => {
  test('two synths of the same differ in their stamp only: every deploy sends an Update', async () => {
    const text = ({ template }: Assembly) => JSON.stringify(template).replace(/"Stamp":"[^"]*"/, '"Stamp":""');
    expect(JSON.stringify(two.template)).not.toBe(JSON.stringify(twoAgain.template));
    expect(text(two) === text(twoAgain), 'the rest is the same').toBe(true);
    const stack = world.stack();
    await stack.create(two);
    expect((await stack.update(two)).responses).toEqual([]);
    expect((await stack.update(twoAgain)).responses.length).toBe(1);
  });

  test("runOn: 'change' sends one only when the folder changed", async () => {
    const same = [synthesize(first, { runOn: 'change' }), synthesize(first, { runOn: 'change' })] as const;
    expect(JSON.stringify(same[0].template) === JSON.stringify(same[1].template)).toBe(true);
    const changed = synthesize(second, { runOn: 'change' });
    const stack = world.stack();
    await stack.create(same[0]);
    expect((await stack.update(same[1])).responses).toEqual([]);
    expect((await stack.update(changed)).responses.length).toBe(1);
    expect(await world.tables()).toEqual(['posts', 'users']);
  }, 240_000);

  test("runOn: 'change' sends one for each change of the target and of the options too", async () => {
    await using database = await freshDatabase();
    await using elsewhere = await freshLocal({ region: 'eu-west-1' });
    // Each deploy has all changes of those before it, and one more.
    const changes: readonly Partial<AuroraMigrationsProps>[] = [
      { onChanged: 'fail' },
      { outOfOrder: 'fail' },
      { onRollback: 'revert' },
      { baseline: '001' },
      { lockTimeout: Duration.seconds(2) },
      { timeout: Duration.minutes(30) },
      { table: 'other_migrations' },
      { schema: 'audit' },
      { database: database.name },
    ];
    const files = { '001_users.sql': 'CREATE TABLE IF NOT EXISTS users (id int);\n' };
    const stack = world.stack();
    let props: Partial<AuroraMigrationsProps> = { runOn: 'change' };
    await stack.create(synthesize(files, props));
    await world.rows('create schema audit');
    for (const change of changes) {
      props = { ...props, ...change };
      const assembly = synthesize(files, props);
      if (change.database !== undefined) await queryOnce(database.url, 'create schema audit');
      const { responses } = await stack.update(assembly);
      expect(responses, JSON.stringify(change)).toMatchObject([{ Status: 'SUCCESS', Data: { Applied: '1' } }]);
      expect((await stack.update(assembly)).responses, JSON.stringify(change)).toEqual([]);
    }
    expect(await queryOnce(database.url, 'select name from audit.other_migrations')).toContainEqual({
      name: '001_users',
    });

    // The same template, and another cluster and secret behind its references.
    const same = synthesize(files, { runOn: 'change' });
    await stack.update(same);
    stack.replaceCluster(elsewhere);
    expect((await stack.update(same)).responses).toMatchObject([{ Status: 'SUCCESS' }]);
    expect((await elsewhere.raw.query('select name from schema_migrations')).rows).toContainEqual({
      name: '001_users',
    });
  }, 600_000);

  test("the asset holds the handler and the manifest, and the template none of the migrations' text", async () => {
    const stack = world.stack();
    await stack.create(two);
    const files = readdirSync(stack.hook.spec.folder, { recursive: true, encoding: 'utf8' });
    const others = files.filter(file => !/^[\w-]+\.mjs$|^LICENSES\.txt$|^manifest\.json$|^migrations(\/|$)/.test(file));
    expect(others).toEqual([]);
    expect(files.filter(file => file.startsWith('migrations/')).sort()).toEqual([
      'migrations/000_create_migrations_table.json',
      'migrations/001_users.json',
      'migrations/002_posts.json',
    ]);
    expect(JSON.stringify(two.template)).not.toMatch(/CREATE TABLE|INSERT INTO/i);
  });
});

async function queryOnce(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query(sql);
  await client.end();
  return rows;
}
