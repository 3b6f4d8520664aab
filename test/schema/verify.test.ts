import { describe, expect, test } from 'vitest';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import { leaveFingerprint } from '../../lib/runner/fingerprint.ts';
import { verify } from '../../lib/runner/verify.ts';
import { compiled, type SchemaDatabase, schemaDatabase } from './schema.ts';

const files = {
  '001_users.sql': 'CREATE TABLE public.users (id integer PRIMARY KEY, name text);',
  '002_orders.sql': 'CREATE TABLE public.orders (id integer PRIMARY KEY, user_id integer);',
};

describe('verify', () => {
  test('finds nothing where nothing is, and what was changed behind its back', async () => {
    await using local = await schemaDatabase();
    const migrations = await compiled(files);
    const { runId } = await local.migrate(migrations);
    // As an earlier version made the tables.
    await local.run('ALTER TABLE public.schema_migrations_lease DROP COLUMN IF EXISTS schema_fingerprint');
    await holding(local, runId);
    expect(await leaveFingerprint(local, ending(runId), END)).toMatchObject({
      released: false,
      note: expect.stringMatching(/"schema_fingerprint".* does not exist/),
    });
    expect(await check(local, files)).toMatchObject({
      sound: true,
      drift: null,
      notes: ['No run has left a fingerprint of the schema yet'],
    });

    await recorded(local, runId);
    const sound = await check(local, files);
    expect(sound).toMatchObject({ sound: true, findings: [], notes: [], drift: false, driftIn: [], dataApiCalls: 6 });

    await local.run('ALTER TABLE public.users ADD COLUMN by_hand text; CREATE INDEX by_hand ON public.users (by_hand)');
    const drifted = await check(local, files);
    expect(drifted).toMatchObject({ sound: false, drift: true, driftIn: ['index', 'table'] });
    expect(drifted.findings).toMatchObject([
      {
        code: 'drift',
        message: expect.stringContaining('index public.by_hand was added, table public.users was changed'),
        remedy: expect.stringContaining('diff'),
      },
    ]);
  });

  test('a statement_timeout that is too short for the fingerprint is lifted', async () => {
    await using local = await schemaDatabase();
    const { runId } = await local.migrate(await compiled(files));
    await holding(local, runId);
    const message = 'ERROR: canceling statement due to statement timeout; SQLState: 57014';
    const fault = { name: 'DatabaseErrorException', status: 400, message };
    local.local.faults.add({ fault, sql: 'fingerprint_1' });
    expect(await leaveFingerprint(local, ending(runId), END)).toEqual({ released: true, note: null });
    expect(local.local.log.entries.some(({ sql }) => sql === 'SET LOCAL statement_timeout = 0')).toBe(true);
    expect(await check(local, files)).toMatchObject({ sound: true, drift: false });
  });

  test('finds pending, changed, failed and missing migrations', async () => {
    await using local = await schemaDatabase();
    await local.migrate(await compiled({ ...files, '003_gone.sql': 'CREATE TABLE public.gone (id integer);' }));
    const next = {
      ...files,
      '002_orders.sql': 'CREATE TABLE public.orders (id bigint);',
      '004_fails.sql': 'SELECT 1 / 0;',
      '005_new.sql': 'SELECT 1;',
    };
    await expect(local.migrate(await compiled({ ...files, '004_fails.sql': next['004_fails.sql'] }))).rejects.toThrow();
    const { findings, sound } = await check(local, next);
    expect(sound).toBe(false);
    expect(findings.map(({ code, migration }) => `${code} ${migration}`)).toEqual([
      'changed 002_orders',
      'failed 004_fails',
      'pending 005_new',
      'missing 003_gone',
    ]);
    expect(findings.every(({ remedy }) => remedy.length > 0)).toBe(true);
  });

  test('finds indexes and constraints that do not do what they promise, with the statement that mends them', async () => {
    await using local = await schemaDatabase();
    await local.migrate(await compiled(files));
    await local.run(`INSERT INTO public.users VALUES (1, 'a'), (2, 'a'); INSERT INTO public.orders VALUES (1, 1);
      CREATE DOMAIN public.short AS text;
      ALTER DOMAIN public.short ADD CONSTRAINT len CHECK (length(VALUE) < 10) NOT VALID;
      ALTER TABLE public.orders ADD CONSTRAINT later CHECK (id > 0) NOT VALID;
      ALTER TABLE public.orders ADD CONSTRAINT owner FOREIGN KEY (user_id) REFERENCES public.users (id) NOT VALID`);
    await expect(
      local.local.raw.query('CREATE UNIQUE INDEX CONCURRENTLY once ON public.users (name)'),
    ).rejects.toThrow();
    const { findings } = await check(local, files);
    expect(findings[0]!.message).toBe('The index public.once is invalid: no query uses it');
    expect(findings.map(({ code, object, remedy }) => [code, object, remedy])).toEqual([
      [
        'index-invalid',
        'index public.once',
        'DROP INDEX CONCURRENTLY public.once -- and make it again when no two rows have one key: until then a REINDEX fails too',
      ],
      ['constraint-not-valid', 'constraint public.orders.later', 'ALTER TABLE public.orders VALIDATE CONSTRAINT later'],
      [
        'constraint-not-valid',
        'foreign key public.orders.owner',
        'ALTER TABLE public.orders VALIDATE CONSTRAINT owner',
      ],
      ['constraint-not-valid', 'domain public.short', 'ALTER DOMAIN public.short VALIDATE CONSTRAINT len'],
    ]);
    // The remedies are statements: they fix it, whatever the rows are.
    for (const { remedy } of findings) await local.local.raw.query(remedy);
    expect(await check(local, files)).toMatchObject({ sound: true });
  });

  test('compares nothing with a fingerprint of another version', async () => {
    await using local = await schemaDatabase();
    const { runId } = await local.migrate(await compiled(files));
    await recorded(local, runId);
    await local.run(`UPDATE public.schema_migrations_lease SET schema_fingerprint = '1/16 table=0123456789abcdef'`);
    expect(await check(local, files)).toMatchObject({
      sound: true,
      drift: null,
      notes: [expect.stringContaining('version')],
    });
  });
});

async function check({ database, schema }: SchemaDatabase, folder: Record<string, string>) {
  return verify({ database, schema, engine: postgresql(), migrations: await compiled(folder) });
}

/** Stands for the run itself, which gives back the lease with it. */
async function recorded({ database, schema, run }: SchemaDatabase, runId: string): Promise<void> {
  await run('ALTER TABLE public.schema_migrations_lease ADD COLUMN IF NOT EXISTS schema_fingerprint text');
  await holding({ run }, runId);
  const before = database.calls;
  expect(await schema.record(database, ending('another run'), 17)).toBe(false);
  expect(await leaveFingerprint({ database, schema }, ending(runId), END)).toEqual({ released: true, note: null });
  // One more, for it was not told the version of the server.
  expect(database.calls - before).toBe(1 + 2);
}

const END = { server: null, finished: true };
const ending = (runId: string) => ({ runId, hook: null, requestId: null });

const holding = ({ run }: Pick<SchemaDatabase, 'run'>, runId: string) =>
  run(`UPDATE public.schema_migrations_lease SET run_id = '${runId}' WHERE id = 'lease'`);
