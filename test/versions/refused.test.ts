import { expect, test } from 'vitest';
import { postgresqlSchema } from '../../lib/engine/postgresql/schema/index.ts';
import { dump } from '../../lib/runner/dump.ts';
import { bench } from '../support/migrations.ts';

test('a server that is too old is refused by its name, and nothing is made in it', async () => {
  const { up, database, value } = await bench();
  const refused = {
    code: 'unsupported-server',
    message: expect.stringMatching(
      /^The server is PostgreSQL 12\.\d+, and only PostgreSQL 13 to 18 are supported\. Use PostgreSQL 13 to 18: upgrade/,
    ),
  };
  await expect(up({ '001_t': 'create table t (id int);' })).rejects.toMatchObject(refused);
  await expect(dump({ database, schema: postgresqlSchema() })).rejects.toMatchObject(refused);
  expect(await value('select count(*)::int from pg_class where relnamespace = $1::regnamespace', ['public'])).toBe(0);
});
