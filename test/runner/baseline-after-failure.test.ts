import { describe, expect, test } from 'vitest';
import { bench, states } from '../support/migrations.ts';

const FILES = { '001_as_it_was': 'create table users(id int);', '002_new': 'alter table users add column name text;' };

describe('a database that was there before us', () => {
  test('names baseline where the first migrations meet what exists, and follows it in the next deploy', async () => {
    const { up, raw, status, value } = await bench();
    await raw.query('create table users(id int)');
    const remedy = expect.stringContaining('`baseline --to VERSION`, or the option baseline');
    const failed = await up(FILES);
    expect(failed).toMatchObject({ outcome: 'failed', applied: ['000_create_migrations_table'] });
    expect(failed.migrations[1]?.error).toMatchObject({ code: '42P07', remedy });
    expect((await status(FILES)).migrations[1]?.error).toMatchObject({ code: '42P07', remedy });
    expect(await up(FILES, { baseline: '001' })).toMatchObject({ outcome: 'applied', applied: ['002_new'], notes: [] });
    expect(states(await status(FILES))).toEqual({ '001_as_it_was': 'baselined', '002_new': 'applied' });
    expect(await value(`select count(*)::int from information_schema.columns where table_name = 'users'`)).toBe(2);
  });

  test('a baseline that is not followed says why, once anything that it covers is run', async () => {
    const { up } = await bench();
    const empty = await up({ '001_a': 'create table a();' }, { baseline: '001' });
    expect(empty.notes).toEqual([
      'The option baseline (001) is not followed, because the database is empty: 001_a is run like any other',
    ]);
    const files = { '001_a': 'create table a();', '002_b': 'create table b();' };
    const begun = await up(files, { baseline: '002' });
    expect(begun).toMatchObject({
      applied: ['002_b'],
      notes: [
        'The option baseline (002) is not followed, because 001_a is applied here already: 002_b is run like any other',
      ],
    });
    expect((await up(files, { baseline: '002' })).notes).toEqual([]);
  });

  test('what exists later is no reason for a baseline', async () => {
    const { up } = await bench();
    await up({ '001_a': 'create table a();' });
    const failed = await up({ '001_a': 'create table a();', '002_a': 'create table a();' });
    expect(failed.migrations.at(-1)?.error?.remedy).not.toContain('baseline');
  });
});
