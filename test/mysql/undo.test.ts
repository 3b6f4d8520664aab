import { expect, test } from 'vitest';
import { plan } from '../../lib/runner/index.ts';
import { describeMysql, fingerprintMysql, mysqlBench } from '../support/mysql.ts';

const FILES = {
  '001_a': 'create table a (id int);\n-- migrate:down\ndrop table a;',
  '002_b':
    'create table b (id int);\ncreate table c (id int);\n-- migrate:down\ndrop table c;\ndelete from a;\ndrop table b;',
};
const second = (of: string) => ({ ...FILES, '002_b': FILES['002_b'].replace('delete from a', of) });

const WAYS = [
  ['COMMIT AND CHAIN executed', true],
  ['COMMIT AND CHAIN refused', false],
] as const;

describeMysql('undoing', () => {
  test.each(WAYS)('%s: statement by statement; half undone is said everywhere, and gone on with', async (_, chains) => {
    const bench = await mysqlBench({ chains });
    const before = await fingerprintMysql(bench.raw, bench.name);
    const wrong = second('delete from nothing');
    expect((await bench.up(wrong)).outcome).toBe('applied');
    const failed = await bench.revert(wrong, { steps: 1 });
    expect(failed).toMatchObject({
      outcome: 'failed',
      failure: {
        statement: 2,
        remedy:
          'Statement 1 of its down section is done: fix that from statement 2 on and run `down` again, it goes on there',
      },
    });
    const { migrations, counts } = await bench.status(wrong);
    expect(counts).toMatchObject({ applied: 2, failed: 1 });
    expect(migrations[2]).toMatchObject({
      state: 'failed',
      // Those of its up section; what is done of its down section is said in words.
      statementsApplied: null,
      error: {
        statement: 2,
        remedy: expect.stringMatching(/^1 of its down section's statements is done\. Run `down` again/),
      },
    });
    const halfUndone = {
      code: 'half-undone',
      message: '002_b is half undone: one statement of its down section is done, the rest is not',
    };
    expect((await plan(await bench.runner(wrong))).problems).toMatchObject([halfUndone]);
    expect(await bench.up(wrong)).toMatchObject({ outcome: 'stopped', problems: [halfUndone] });

    const edited = { ...wrong, '002_b': wrong['002_b'].replace('drop table c', 'drop table if exists c') };
    expect(await bench.revert(edited, { steps: 1 })).toMatchObject({
      outcome: 'failed',
      failure: { code: 'edited-half-undone', statement: 1 },
    });
    // Nothing of it is written down: the next one goes on.
    expect(await bench.revert(FILES, { to: '0' })).toMatchObject({
      outcome: 'reverted',
      reverted: ['002_b', '001_a'],
    });
    expect(await fingerprintMysql(bench.raw, bench.name)).toEqual(before);
    expect(
      await bench.sql(
        `select attempt, status, statements_applied, direction from schema_migrations where name = '002_b' order by attempt`,
      ),
    ).toEqual([
      [1, 'applied', 2, 'up'],
      [2, 'failed', 1, 'down'],
      [3, 'reverted', 3, 'down'],
    ]);
    expect((await bench.up(FILES)).applied).toEqual(['001_a', '002_b']);
    // With what was stored: the folder does not know it any more.
    expect(await bench.revert({ '001_a': FILES['001_a'] }, 'missing')).toMatchObject({ reverted: ['002_b'] });
  });

  test.each(WAYS)('%s: its process dies on the way: the next one goes on, nothing is done twice', async (_, chains) => {
    const files = {
      '001_a':
        'create table log (n int);\ncreate table t (id int);\n-- migrate:down\ninsert into log values (1);\nalter table t add column x int;\ninsert into log values (2);\ndrop table t;\ninsert into log values (3);',
    };
    for (const at of ['alter table t', 'insert into log values (2)', 'drop table t']) {
      const bench = await mysqlBench({ chains, clocks: { transactionIdle: 0.3 } });
      await bench.up(files);
      bench.local.faults.add({ fault: 'reset', when: 'after', sql: at });
      bench.local.faults.add({ fault: 'reset', sql: 'schema_migrations', times: 0 });
      await bench
        .revert(files, { to: '0' }, { budgetMs: 1, database: bench.client({ loadBudgetMs: 0 }) })
        .catch(() => undefined);
      bench.local.faults.clear();
      await bench.raw.query('update schema_migrations_lease set expires_at = utc_timestamp() - interval 1 day');
      expect(await bench.revert(files, { to: '0' }), at).toMatchObject({ outcome: 'reverted' });
      expect(await bench.sql('select n from log order by n'), at).toEqual([[1], [2], [3]]);
      expect(await bench.sql(`show columns from log`)).toHaveLength(1);
      expect(await bench.sql(`select status from schema_migrations where status = 'running'`)).toEqual([]);
    }
  });

  test('a statement whose outcome is unknown is resolved', async () => {
    const bench = await mysqlBench();
    const files = {
      '001_a':
        'create table t (id int);\ncreate procedure p() insert into t values (1);\n-- migrate:down\ncall p();\ndrop procedure p;\ninsert into t values (2);',
    };
    await bench.up(files);
    bench.local.faults.add({ fault: 'reset', when: 'after', sql: 'call p()' });
    bench.local.faults.add({ fault: 'reset', sql: 'CommitTransaction', times: 0 });
    const failed = await bench.revert(files, { to: '0' });
    expect(failed.failure, JSON.stringify(failed)).toMatchObject({
      code: 'unknown-outcome',
      statement: 1,
      remedy: expect.stringContaining('aurora-migrations resolve --migration 001_a --statement 1 --as not-done'),
    });
    const { error } = (await bench.status(files)).migrations[1]!;
    expect(error).toMatchObject({ code: 'unknown-outcome', remedy: failed.failure!.remedy });
    expect(await bench.resolve(files, '001_a', 1, 'done')).toMatchObject({ state: 'failed' });
    expect((await bench.revert(files, { to: '0' })).outcome).toBe('reverted');
    expect(await bench.sql('select id from t order by id')).toEqual([[1], [2]]);
  });
});
