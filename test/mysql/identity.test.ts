import { expect, test } from 'vitest';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const ACCOUNTS = { '001_accounts': 'create table accounts (n int); insert into accounts values (1);' };
const DOUBLE = 'update accounts set n = n * 2;';

describeMysql('who is who', () => {
  test('renamed, renumbered and half done: what was executed is not executed again', async () => {
    const { up, sql, raw } = await mysqlBench();
    const half = (name: string) => ({ [name]: 'insert into accounts values (5); insert into later values (1);' });
    await up({ ...ACCOUNTS, '002_double': DOUBLE });
    expect(await up({ ...ACCOUNTS, '002_double_cents': DOUBLE })).toMatchObject({ outcome: 'applied', applied: [] });
    expect(await up({ ...ACCOUNTS, '003_double_cents': DOUBLE, ...half('004_half') })).toMatchObject({
      outcome: 'failed',
    });
    await raw.query('create table later (n int)');
    const all = { ...ACCOUNTS, '003_double_cents': DOUBLE, ...half('004_renamed') };
    expect(await up(all)).toMatchObject({ outcome: 'applied', applied: ['004_renamed'] });
    expect(await up(all)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
    expect(await sql('select n from accounts order by n')).toEqual([[2], [5]]);
  });

  test('a statement that was executed stops under another name, and so does an edit under a new one', async () => {
    const { up, sql } = await mysqlBench();
    await up({ ...ACCOUNTS, '002_double': DOUBLE });
    expect((await up({ ...ACCOUNTS, '003_z': DOUBLE })).problems).toMatchObject([{ code: 'already-executed' }]);
    const edited = { ...ACCOUNTS, '002_triple': DOUBLE.replace('2', '3') };
    expect((await up(edited)).problems).toMatchObject([{ code: 'renamed-and-changed', migration: '002_triple' }]);
    expect(await sql('select n from accounts')).toEqual([[2]]);
  });

  test('is undone once, and older code knows it', async () => {
    const { up, revert, sql } = await mysqlBench();
    const table = 'create table t (id int);\n-- migrate:down\ndrop table t;';
    await up({ ...ACCOUNTS, '002_t': table });
    await up({ ...ACCOUNTS, '003_t': table });
    expect(await revert({ ...ACCOUNTS, '002_t': table }, 'missing')).toMatchObject({ outcome: 'nothing-to-do' });
    expect(await revert({ ...ACCOUNTS, '003_t': table }, { steps: 1 })).toMatchObject({ reverted: ['003_t'] });
    expect(await sql(`show tables like 't'`)).toEqual([]);
    // Older code applies it again under its old name.
    expect(await up({ ...ACCOUNTS, '002_t': table })).toMatchObject({ outcome: 'applied', applied: ['002_t'] });
    expect(await up({ ...ACCOUNTS, '002_t': table })).toMatchObject({ outcome: 'nothing-to-do' });
  });

  test('a squash of what is applied is recorded, and runs on a new database', async () => {
    const old = { ...ACCOUNTS, '002_b': 'create table b (id int);' };
    const all = {
      '003_all': `-- migrate:up replaces:001_accounts,002_b\ncreate table accounts (n int); create table b (id int);`,
    };
    for (const first of [old, null]) {
      const { up, status } = await mysqlBench();
      if (first) await up(first);
      expect(await up(all)).toMatchObject({ outcome: 'applied', problems: [] });
      expect((await status(old)).counts).toMatchObject({ replaced: 2, pending: 0 });
      expect(await up(old)).toMatchObject({ outcome: 'nothing-to-do' });
    }
  });

  test('an edit of CREATE TABLE IF NOT EXISTS stops: a second run would change nothing', async () => {
    const { up } = await mysqlBench();
    await up({ '001_t': 'create table if not exists t (id int);' });
    expect((await up({ '001_t': 'create table if not exists t (id int, n int);' })).problems).toMatchObject([
      { code: 'changed-if-not-exists', migration: '001_t' },
    ]);
  });
});
