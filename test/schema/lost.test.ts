import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Fault } from '../../lib/local/index.ts';
import { dump } from '../../lib/runner/dump.ts';
import { schemaDatabase } from './schema.ts';

const faults: readonly Fault[] = [
  { fault: 'reset', when: 'after', sql: 'FETCH' },
  { fault: 'internal-error', when: 'before', sql: 'DECLARE' },
  { fault: 'gateway-timeout', when: 'after', sql: 'set_config' },
  { fault: 'reset', when: 'after', operation: 'CommitTransaction' },
  { fault: 'throttled', when: 'before', sql: 'FETCH' },
];

test('a dump comes whole though an answer is lost', async () => {
  await using local = await schemaDatabase('CREATE TABLE public.t (id integer PRIMARY KEY)');
  const { text, dataApiCalls } = await dump(local);
  for (const fault of faults) {
    local.local.faults.add(fault);
    const again = await dump(local);
    expect(again.text, JSON.stringify(fault)).toBe(text);
    expect(again.dataApiCalls, JSON.stringify(fault)).toBeGreaterThan(dataApiCalls);
  }
});

test('a dump of a schema that is being changed is of one moment, or is begun anew', async () => {
  await using local = await schemaDatabase('CREATE TABLE public.t (id integer PRIMARY KEY)');
  const seen = new Set<string>();
  let done = false;
  const changing = (async () => {
    for (let n = 0; n < 25; n++) {
      await local.local.raw.query(
        `DROP TABLE IF EXISTS public.u CASCADE; CREATE TABLE public.u (id serial PRIMARY KEY, v text CHECK (v <> ''));
         CREATE VIEW public.w AS SELECT id FROM public.u; CREATE INDEX u_v ON public.u (lower(v))`,
      );
      await sleep(60 * (n % 4));
    }
  })().finally(() => {
    done = true;
  });
  while (!done) {
    try {
      seen.add((await dump(local)).text);
    } catch (error) {
      expect(error).toMatchObject({ code: 'schema-changing' });
    }
  }
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
