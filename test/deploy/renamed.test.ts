import { expect, test } from 'vitest';
import { synthesize } from './assembly.ts';
import { useWorld } from './world.ts';

const world = useWorld();
const users = { '001_users.sql': 'CREATE TABLE users (id int);\nINSERT INTO users VALUES (1);\n' };
const fill = 'INSERT INTO users SELECT count(*) FROM users;\n';

test('a renamed migration is not run again, and one that may be another stops the deploy', async () => {
  const stack = world.stack();
  await stack.create(synthesize({ ...users, '002_fill.sql': fill }));
  const renamed = await stack.update(synthesize({ ...users, '002_fill_users.sql': fill }));
  expect(renamed.status).toBe('UPDATE_COMPLETE');
  expect(await world.rows('select * from users')).toHaveLength(2);
  const { status, responses } = await stack.update(synthesize({ ...users, '003_more.sql': fill }));
  expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(responses[0]!.Reason).toContain('003_more has the statements of 002_fill_users, which is applied here');
  expect(responses[0]!.Reason).toContain('-- migrate:up replaces:002_fill_users');
  expect(await world.rows('select * from users')).toHaveLength(2);
}, 240_000);

test('a rollback with onRollback: revert keeps what the old folder has under its old name', async () => {
  const stack = world.stack();
  const props = { onRollback: 'revert' } as const;
  const people = 'CREATE TABLE IF NOT EXISTS people (id int);\n-- migrate:down\nDROP TABLE people;\n';
  await stack.create(synthesize({ '001_people.sql': people }, props));
  const { status } = await stack.update(
    synthesize({ '001_persons.sql': people, '002_bad.sql': 'SELECT 1/0;\n' }, props),
  );
  expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await world.tables()).toEqual(['people']);
}, 240_000);
