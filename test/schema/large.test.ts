import { expect, test } from 'vitest';
import { fingerprintOf, formatFingerprint } from '../../lib/core/schema.ts';
import { parseDump } from '../../lib/core/schema-dump.ts';
import { catalog } from '../../lib/engine/postgresql/schema/catalog.ts';
import { readQuery } from '../../lib/engine/postgresql/schema/read.ts';
import { dump } from '../../lib/runner/dump.ts';
import { WHOLE } from '../faults/random.ts';
import { schemaDatabase } from './schema.ts';

/** What counts are the bytes: most of them lie in the comments. */
const TABLES = WHOLE ? 2000 : 500;

const tables = `DO $$ BEGIN FOR n IN 1..${TABLES} LOOP
  EXECUTE format('CREATE TABLE public.t%s (id bigint PRIMARY KEY, name text NOT NULL DEFAULT ''"x"'',
    note varchar(100), amount numeric(10, 2) CHECK (amount >= 0), made timestamptz NOT NULL DEFAULT now(), data jsonb)', n);
  EXECUTE format('CREATE INDEX ON public.t%s (name, made DESC)', n);
  EXECUTE format('COMMENT ON TABLE public.t%1$s IS %2$L', n, 'The table with the number ' || n || repeat(', one of many', 170));
END LOOP; END $$`;

test(`a database with ${TABLES} tables is dumped in a bounded number of calls, each inside the response limit`, async () => {
  await using large = await schemaDatabase();
  // In parts: a transaction holds a lock on each table that it makes.
  for (let from = 0; from < 4; from++)
    await large.run(tables.replace(`1..${TABLES}`, `${(TABLES / 4) * from + 1}..${(TABLES / 4) * (from + 1)}`));
  const { text, objects, dataApiCalls } = await dump(large);
  // An answer over the limit would be an error of the service, of the local one too.
  expect(objects).toBe(TABLES * 4);
  expect(text.length).toBeGreaterThan(1_200_000);
  // Begin, settings, cursor, commit; the first page is small, the others have some 700 kB of JSON.
  expect(dataApiCalls).toBeLessThanOrEqual(5 + Math.ceil((text.length * 1.2) / 700_000));

  const before = large.database.calls;
  const { now } = await large.schema.inspect(large.database);
  expect(large.database.calls - before).toBe(5);
  expect(formatFingerprint(now)).toBe(formatFingerprint(fingerprintOf(parseDump(text).objects, now.basis)));
}, 180_000);

test('a function of more than one answer comes whole', async () => {
  // Not only ASCII: pieces are cut by characters, pages counted in bytes.
  const line = `-- ${'größer “als” ein Absatz\\ '.repeat(40)}\n`;
  const body = line.repeat(Math.ceil(900_000 / Buffer.byteLength(line)));
  await using local = await schemaDatabase(
    `CREATE FUNCTION public.long() RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n${body}END $$`,
  );
  const { text } = await dump(local);
  expect(text).toContain(body);
});

test.each([14, 15, 16, 17, 18])('the query fits into a statement of the service, PostgreSQL %i', version => {
  const tracking = { schema: 's'.repeat(63), table: 't'.repeat(50) };
  const query = readQuery({ version }, tracking, true);
  expect(query.length).toBeLessThan(65_536 - 1000);
  expect(catalog({ version }, tracking, { grants: false, notDumped: false }).length).toBeLessThan(60_000);
  // The service would read a bare `:name` as a parameter.
  expect(query.replace(/'(?:[^']|'')*'/g, '').replaceAll('::', '')).not.toMatch(/:\w/);
});
