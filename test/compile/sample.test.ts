import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { compile } from '../../lib/compile/index.ts';
import type { Script } from '../../lib/core/manifest.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { freshDatabase } from '../support/postgresql.ts';

test('the sample goes up and down again, one transaction a section', async () => {
  const { manifest, bodies, errors, warnings } = await compile({ dir: 'sql/migrations', engine: 'postgresql' });
  expect([errors, warnings]).toEqual([[], []]);
  const own = manifest.migrations.slice(1);
  expect(
    own.map(({ name, statements, mode, revertible, destructive }) => [name, statements, mode, revertible, destructive]),
  ).toEqual([
    ['001_initial_schema', 41, 'atomic', true, null],
    ['002_create_users', 2, 'atomic', true, null],
    ['003_add_user_preferences', 2, 'atomic', true, null],
  ]);
  const database = await freshDatabase();
  const client = new pg.Client(database.url);
  onTestFinished(() => client.end().then(database.drop));
  await client.connect();
  const run = ({ content }: Script) => client.query(`begin;\n${content}\n;commit`);
  const before = await fingerprint(client);
  await client.query('reset search_path');

  for (const { name } of own) await run(bodies.get(name)!.up);
  const { rows } = await client.query(
    "select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
  );
  expect(rows.map(row => row.relname)).toEqual([
    'api_configurations',
    'api_requests',
    'api_responses',
    'comparison_results',
    'execution_function_configs',
    'execution_logs',
    'execution_runs',
    'function_calls',
    'function_definitions',
    'user_preferences',
    'users',
  ]);

  for (const { name } of own.toReversed()) await run(bodies.get(name)!.down!);
  expect(await fingerprint(client)).toEqual(before);
});

test('the sample says nothing that only one engine knows', async () => {
  const { bodies } = await compile({ dir: 'sql/migrations', engine: 'postgresql' });
  const text = [...bodies]
    .slice(1)
    .map(([, { up }]) => up.content)
    .join('\n');
  expect(text).not.toMatch(/serial|jsonb|timestamptz|uuid|auto_increment|engine=|`|::|\$\$|if not exists/i);
  const indexes = [...text.matchAll(/create index (\w+)/gi)].map(([, name]) => name);
  expect(indexes).toEqual([...new Set(indexes)]);
});
