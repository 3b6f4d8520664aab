import { expect, test } from 'vitest';
import { dump } from '../../lib/runner/dump.ts';
import { schemaDatabase } from './schema.ts';

test.each([
  { fault: 'reset', when: 'after', sql: 'FETCH' },
  { fault: 'internal-error', when: 'before', sql: 'DECLARE' },
  { fault: 'gateway-timeout', when: 'after', sql: 'set_config' },
  { fault: 'reset', when: 'after', operation: 'CommitTransaction' },
  { fault: 'throttled', when: 'before', sql: 'FETCH' },
] as const)('a dump comes whole though an answer is lost: $fault $when $sql$operation', async fault => {
  await using local = await schemaDatabase('CREATE TABLE public.t (id integer PRIMARY KEY)');
  const { text } = await dump(local);
  local.local.faults.add(fault);
  expect((await dump(local)).text).toBe(text);
});

test('a dump of a schema that is being changed is of one moment, or is begun anew', async () => {
  await using local = await schemaDatabase('CREATE TABLE public.t (id integer PRIMARY KEY)');
  const seen = new Set<string>();
  let done = false;
  const changing = (async () => {
    for (let n = 0; n < 60; n++) {
      await local.local.raw.query(
        `DROP TABLE IF EXISTS public.u CASCADE; CREATE TABLE public.u (id serial PRIMARY KEY, v text CHECK (v <> ''));
         CREATE VIEW public.w AS SELECT id FROM public.u; CREATE INDEX u_v ON public.u (lower(v))`,
      );
    }
    done = true;
  })();
  while (!done) seen.add((await dump(local)).text);
  await changing;
  // Every state has all of it: each query above is one transaction. The tables are never half there, nor is anything NULL in between.
  for (const text of seen) {
    const whole =
      text.includes('CREATE TABLE public.u') &&
      text.includes('CREATE INDEX u_v') &&
      text.includes('CREATE VIEW public.w');
    expect(whole || !text.includes('public.u'), text).toBe(true);
  }
});
