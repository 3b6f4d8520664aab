import { describe, expect, test } from 'vitest';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import { announce } from '../../lib/runner/index.ts';
import { bench, type Files, manifestOf } from '../support/migrations.ts';

/** `count` migrations of `statements` statements each, which leave a row each in a table that the first one makes. */
function many(count: number, statements: number): Files {
  const files: Record<string, string> = {};
  for (let nth = 1; nth <= count; nth++) {
    const lines = Array.from({ length: statements }, (_, at) =>
      nth + at === 1 ? 'create table done as select 1 as nth, 0 as at;' : `insert into done values (${nth}, ${at});`,
    );
    files[`${String(nth).padStart(4, '0')}_m`] = lines.join('\n');
  }
  return files;
}

describe('a run takes few Data API calls', () => {
  test.each([
    [1, 1],
    [10, 1],
    [100, 1],
    [1, 200],
    [10, 20],
    [100, 20],
  ])(
    '%i pending migrations of %i statements: two more than migrations, and two to install',
    async (count, statements) => {
      const { up, value } = await bench();
      const report = await up(many(count, statements));
      expect(report.outcome).toBe('applied');
      expect(report.applied).toHaveLength(count + 1);
      // Before there are tables, nobody can tell whether what was read still holds: it is read again.
      expect(report.dataApiCalls).toBe(count + 2 + 2);
      expect(await value('select count(distinct (nth, at))::int from done')).toBe(count * statements);
      expect(await value('select count(*)::int from done')).toBe(count * statements);
    },
  );

  test('pending ones on an installed database: history, lease, one each', async () => {
    const { up, local } = await bench();
    await up(many(1, 20));
    local.log.clear();
    const report = await up(many(11, 20));
    expect(report.dataApiCalls).toBe(10 + 2);
    expect(local.log.entries).toHaveLength(12);
  });

  test('the lease is given back, and the request is done, in the transaction of the last migration; not in that of one that failed', async () => {
    const { up, runner, sql } = await bench();
    await up({ '0001_a': '' });
    const request = { hook: 'stack/hook', requestId: 'request', requestedBy: 'request' };
    const files: Files = { '0001_a': '', '0002_b': '', '0003_c': 'select 1/0;' };
    expect(await announce({ ...(await runner(files)), ...request })).toBe(true);
    const made = `select 'lease', null, l.run_id is null and l.requested_by is null and l.expires_at is null, h.name from schema_migrations_lease l
      left join schema_migrations h on h.xmin = l.xmin
      union all select o.hook, o.state, null, h.name from schema_migrations_hooks o left join schema_migrations h on h.xmin = o.xmin`;

    expect(await up(files, request)).toMatchObject({ outcome: 'failed', applied: ['0002_b'] });
    expect(await sql(made)).toEqual([
      ['lease', null, true, null],
      ['stack/hook', 'done', null, null],
    ]);
    const next = { hook: 'stack/hook', requestId: 'next', requestedBy: 'next' };
    expect(await announce({ ...(await runner(files)), ...next })).toBe(true);
    expect(await up({ ...files, '0003_c': 'select 1;', '0004_d': '' }, next)).toMatchObject({ outcome: 'applied' });
    expect(await sql(made)).toEqual([
      ['lease', null, true, '0004_d'],
      ['stack/hook', 'done', null, '0004_d'],
    ]);
  });

  test('nothing to do: one call, and nothing is written', async () => {
    const { up, local, value } = await bench();
    await up(many(3, 1));
    local.log.clear();
    const rows = `select string_agg(h.xmin::text || h::text, ' ') || (select string_agg(l.xmin::text || l::text, ' ') from schema_migrations_lease l) from schema_migrations h`;
    const before = await value(rows);
    const report = await up(many(3, 1));
    expect(report).toMatchObject({ outcome: 'nothing-to-do', applied: [], dataApiCalls: 1 });
    expect(local.log.entries.map(entry => entry.operation)).toEqual(['ExecuteStatement']);
    expect(await value(rows)).toBe(before);
  });

  test('status and plan: one call', async () => {
    const { up, status, plan } = await bench();
    await up(many(3, 1));
    expect((await status(many(5, 1))).dataApiCalls).toBe(1);
    expect((await plan(many(5, 1))).dataApiCalls).toBe(1);
  });
});

describe('a long history is read in as few calls as the response limit allows', () => {
  const insert = (name: string, count: number, attempts = 1) =>
    `insert into schema_migrations (name, attempt, direction, version, checksum, statements_checksum, status, statements, statements_applied, started_at, finished_at, execution_time_ms)
     select ${name}, a, 'up', n::text, repeat('c', 64), md5(n::text) || md5(n::text), 'applied', 1, 1, now(), now(), 5
     from generate_series(1, ${count}) n, generate_series(1, ${attempts}) a`;

  test('2,000 applied: nothing to do is still one call, one pending three', async () => {
    const { up, sql } = await bench();
    const files = many(2000, 1);
    await up(many(1, 1));
    await sql(`delete from schema_migrations where name = '0001_m'`);
    const migrations = await manifestOf(files);
    await sql(
      `insert into schema_migrations (name, attempt, direction, version, checksum, statements_checksum, status, statements, statements_applied, started_at, finished_at, execution_time_ms)
       select name, 1, 'up', version, checksum, "statementsChecksum", 'applied', 1, 1, now(), now(), 5
       from json_to_recordset($1) as one(name text, version text, checksum text, "statementsChecksum" text)`,
      [JSON.stringify(migrations.manifest.migrations.slice(1))],
    );
    const report = await up(migrations);
    expect(report).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
    expect(report.counts.applied).toBe(2001);
    // The history, the lease, the migration.
    expect(await up(many(2001, 1))).toMatchObject({ applied: ['2001_m'], dataApiCalls: 3 });
  });

  test('10,000 with three attempts each and names of 30 characters: one or two calls, none lost', async () => {
    const { up, plan, sql } = await bench();
    await up(many(1, 1));
    await sql(insert(`lpad(n::text, 5, '0') || '_add_column_to_some_table'`, 10_000, 3));
    const read = await plan(many(1, 1));
    expect(read.dataApiCalls).toBeLessThanOrEqual(2);
    expect(read.notes.join()).toContain('9995 more');
  });

  test('12,000 with names of 200 characters: as many calls as the limit forces, none lost, no answer near 1 MiB', async () => {
    const { up, status, sql, database } = await bench();
    await up(many(1, 1));
    await sql(insert(`lpad(n::text, 6, '0') || '_' || repeat('x', 193)`, 12_000));
    const all = await status(many(1, 1));
    expect(all.counts.missing).toBe(12_000);
    const bytes = 12_000 * (200 + 60);
    expect(all.dataApiCalls).toBeGreaterThanOrEqual(Math.ceil(bytes / 1024 / 1024));
    expect(all.dataApiCalls).toBeLessThanOrEqual(Math.ceil(bytes / 850_000) + 1);
    // Read at several moments it is of none: nothing may be built on its being unchanged.
    expect((await postgresql().store.readHistory(database, null)).leaseTaken).toBeNull();
  });
});
