import { describe, expect, test } from 'vitest';
import { bench, states } from '../support/migrations.ts';

const files = (...down: string[]) => ({
  '0001_t': 'create table t (id int);\ncreate index t_id on t (id);\n-- migrate:down\ndrop table t;',
  '0002_x': `create table x (id int);\n-- migrate:down transaction:false\n${down.join('\n')}\n`,
});
const RIGHT = ['insert into t values (1);', 'drop index concurrently t_id;', 'drop table x;'];
const FAILS = ['insert into t values (1);', 'drop index concurrently t_id;', 'drop table nothere;'];
const row = `select status, statements, statements_applied, content is null, error_code from schema_migrations where name = '0002_x' order by attempt desc limit 1`;

describe('a down section that goes statement by statement', () => {
  test('is done to its end, with statements that no transaction takes', async () => {
    const { up, revert, value, sql } = await bench();
    await up(files(...RIGHT));
    expect(await revert(files(...RIGHT), { steps: 1 })).toMatchObject({ outcome: 'reverted', reverted: ['0002_x'] });
    expect(await value(`select to_regclass('t_id')`)).toBeNull();
    expect(await value(`select to_regclass('x')`)).toBeNull();
    expect(await sql(row)).toEqual([['reverted', 3, 3, true, null]]);
    expect(await up(files(...RIGHT))).toMatchObject({ outcome: 'applied', applied: ['0002_x'] });
  });

  test('is not taken for begun where an attempt to apply the migration again was cut off', async () => {
    const { up, revert, raw, sql } = await bench();
    // Nothing tells of a procedure whether it was executed.
    const procedure = 'create procedure p() language plpgsql as $$begin commit; end$$;';
    const made = { ...files('call p();', 'drop table x;'), '0001_t': procedure };
    await up(made);
    await raw.query(`insert into schema_migrations (name, attempt, direction, status, checksum, statements_checksum,
        statements, statements_applied, applied_checksum, in_flight, started_at, finished_at)
      values ('0002_x', 2, 'up', 'failed', 'x', 'x', 1, 0, '', '{"statement":1,"checksum":"x","run":"r","request":null,"times":1}', now(), now())`);
    expect(await revert(made, { steps: 1 })).toMatchObject({ outcome: 'reverted', reverted: ['0002_x'], problems: [] });
    expect(await sql(row)).toEqual([['reverted', 2, 2, true, null]]);
  });

  test('fails half-way: a run stops at it, the next undoing goes on where it was', async () => {
    const { up, revert, value, sql, status, plan } = await bench();
    await up(files(...FAILS));
    const report = await revert(files(...FAILS), { steps: 1 });
    expect(report).toMatchObject({ outcome: 'failed', reverted: [], failure: { code: '42P01', statement: 3 } });
    expect(report.failure!.remedy).toBe(
      'Statements 1 to 2 of its down section are done: fix that from statement 3 on and run `down` again, it goes on there',
    );
    expect(await sql(row)).toEqual([['failed', 3, 2, true, '42P01']]);

    // Not taken for a migration that is half applied.
    expect(states(await status(files(...FAILS)))['0002_x']).toBe('failed');
    expect(await plan(files(...FAILS))).toMatchObject({ steps: [], problems: [{ code: 'half-undone' }] });
    expect(await up(files(...FAILS))).toMatchObject({ outcome: 'stopped', problems: [{ migration: '0002_x' }] });

    const edited = files('insert into t values (2);', ...RIGHT.slice(1));
    expect(await revert(edited, { steps: 1 })).toMatchObject({ failure: { code: 'edited-half-undone', statement: 1 } });

    expect(await revert(files(...RIGHT), { steps: 1 })).toMatchObject({ outcome: 'reverted' });
    expect(await sql('select id from t')).toEqual([[1]]);
    expect(await value(`select to_regclass('x')`)).toBeNull();
    expect(states(await status(files(...RIGHT)))['0002_x']).toBe('reverted');
  });

  test('an answer that was lost: each statement is done once', async () => {
    const { up, revert, sql, local } = await bench();
    await up(files(...RIGHT));
    local.faults.add({ fault: 'reset', when: 'after', sql: 'schema_migrations_run_1(', call: 2 });
    expect(await revert(files(...RIGHT), { steps: 1 })).toMatchObject({ outcome: 'reverted', reverted: ['0002_x'] });
    expect(await sql('select id from t')).toEqual([[1]]);
  });

  test('an answer that was lost, and it failed half-way: that is reported, and nothing is tried again', async () => {
    const { up, revert, value, local } = await bench();
    await up(files(...FAILS));
    local.faults.add({ fault: 'reset', when: 'after', pattern: 'name:0002_x statement:3 ' });
    expect(await revert(files(...FAILS), { steps: 1 })).toMatchObject({
      outcome: 'failed',
      reverted: [],
      failure: {
        migration: '0002_x',
        code: '42P01',
        statement: 3,
        file: '0002_x.sql',
        remedy: expect.stringMatching(/^2 of its down section's statements are done\. /),
      },
    });
    expect(await value(`select count(*)::int from schema_migrations where name = '0002_x' and status = 'failed'`)).toBe(
      1,
    );
  });
});
