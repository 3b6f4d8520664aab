import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compile, reader } from '../../lib/compile/index.ts';
import { dump } from '../../lib/runner/dump.ts';
import { diff, schemaDatabase } from './schema.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('sql/current_schema_dump.sql is what the sample makes (npx vitest run -u test/schema/sample.test.ts writes it anew)', async () => {
  await using local = await schemaDatabase();
  const compiled = await compile({ dir: `${root}sql/migrations`, engine: 'postgresql' });
  expect(compiled.errors).toEqual([]);
  await local.migrate(reader(compiled));
  const { text } = await dump(local);
  await expect(text).toMatchFileSnapshot(`${root}sql/current_schema_dump.sql`);
  expect((await diff({ ...local, wanted: text })).text).toBe('');
});
