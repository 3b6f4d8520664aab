import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve as absolute } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile, reader } from '../../lib/compile/index.ts';
import type { MysqlSwitches } from '../../lib/local/index.ts';
import { WHOLE } from '../faults/random.ts';
import { describeMysql, fingerprintMysql, freshMysql, mysqlBench, mysqlMasterUrl } from '../support/mysql.ts';

const CORPUS = absolute(import.meta.dirname, '../../../shared/corpora/authelia/mysql');
const withCorpus = test.skipIf(mysqlMasterUrl === '' || !existsSync(CORPUS));

/** The settings under which everything must hold: what the service does. */
const SETTINGS: readonly [string, { switches?: MysqlSwitches; dirty?: string[] }][] = [
  ['transactions are kept', {}],
  ['COMMIT AND CHAIN refused, errors by code', { switches: { commitAndChain: 'refused', errors: 'code' } }],
  [
    'a session full of settings of others',
    {
      dirty: [
        "set foreign_key_checks = 0, sql_safe_updates = 1, sql_select_limit = 1, time_zone = '+05:00', group_concat_max_len = 4",
      ],
    },
  ],
  ['transactions vanish with DDL, errors by message', { switches: { transactionAfterDdl: 'gone', errors: 'message' } }],
  [
    'the same, COMMIT AND CHAIN refused, errors as the driver has them, no rows of a CALL',
    { switches: { transactionAfterDdl: 'gone', commitAndChain: 'refused', errors: 'driver', callRows: false } },
  ],
];

/** Ours are made by Aurora's master user, theirs by root. */
const withoutDefiner = (line: string) => line.replace(/CREATE DEFINER=\S+/, 'CREATE');

describe('a real corpus', () => {
  withCorpus.each(SETTINGS.filter(([name]) => WHOLE || /^transactions/.test(name)))(
    'authelia, 26 applied: the schema is what the server makes of the files as texts of several statements: %s',
    { timeout: 300_000 },
    async (_, { switches, dirty }) => {
      const compiled = await compile({ dir: CORPUS, engine: 'mysql', relativeTo: CORPUS });
      expect(compiled.errors).toEqual([]);
      const theirs = await freshMysql();
      for (const file of readdirSync(CORPUS)
        .filter(name => name.endsWith('.up.sql'))
        .sort()) {
        const text = readFileSync(`${CORPUS}/${file}`, 'utf8');
        if (compiled.bodies.get(file.replace('.up.sql', ''))!.up.facts.lines.length > 0) await theirs.raw.query(text);
      }
      const bench = await mysqlBench({ mysql: { switches }, dirty: dirty ?? [] });
      const report = await bench.up(reader(compiled));
      expect(report.migrations.map(({ error }) => error).filter(Boolean)).toEqual([]);
      expect(report.outcome).toBe('applied');
      expect(report.applied.length).toBeGreaterThanOrEqual(26);
      const [ours, expected] = [
        await fingerprintMysql(bench.raw, bench.name),
        await fingerprintMysql(theirs.raw, theirs.name),
      ];
      expect(ours.map(withoutDefiner)).toEqual(expected.map(withoutDefiner));
      expect((await bench.up(reader(compiled))).dataApiCalls).toBe(1);
    },
  );
});

const MIGRATIONS = {
  '001_tables':
    'create table a (id int primary key, n int);\ncreate table b (id int primary key, a_id int, foreign key (a_id) references a (id));',
  '002_rows': 'insert into a values (1, 1), (2, 2);',
  '003_trigger': 'create trigger g before insert on b for each row set new.a_id = 1;\ninsert into b values (1, 2);',
  '004_routines':
    'delimiter //\ncreate procedure p() begin update a set n = n + 1; update a set n = n + 1; end//\ndelimiter ;\ncall p();\nselect * from a;',
  '005_comments': '-- nothing',
  '006_settings':
    'set foreign_key_checks = 0;\ninsert into b values (2, 77);\nupdate b set a_id = 78 where id = 2;\nset foreign_key_checks = 1;',
};
const STATEMENTS = 2 + 1 + 2 + 3 + 0 + 4;

describeMysql('applying', () => {
  test.each(SETTINGS)(
    'every kind of statement, within the calls that it may take: %s',
    async (_, { switches, dirty }) => {
      const bench = await mysqlBench({ mysql: { switches }, dirty: dirty ?? [] });
      await bench.up({ '001_tables': '-- none' });
      await bench.sql("delete from schema_migrations where name <> '000_create_migrations_table'");
      const report = await bench.up(MIGRATIONS);
      expect(report.migrations.map(({ error }) => error).filter(Boolean)).toEqual([]);
      expect(report.outcome).toBe('applied');
      expect(await bench.sql('select id, a_id from b order by id')).toEqual([
        [1, 1],
        [2, 78],
      ]);
      expect(await bench.sql('select id, n from a order by id')).toEqual([
        [1, 3],
        [2, 4],
      ]);
      const migrations = Object.keys(MIGRATIONS).length;
      const { transactionAfterDdl = 'kept', commitAndChain = 'executed' } = switches ?? {};
      if (transactionAfterDdl === 'kept' && commitAndChain === 'executed')
        expect(report.dataApiCalls).toBeLessThanOrEqual(2 * STATEMENTS + 2 * migrations + 10);
      expect(bench.local.openTransactions()).toBe(0);
      bench.local.log.assertNoWriteRetried();
      expect(await bench.value('select count(*) from schema_migrations_lease where run_id is not null')).toBe(0);
    },
  );

  test.each(SETTINGS)(
    'a statement that fails: the ones before it are committed, and it goes on there: %s',
    async (_, { switches, dirty }) => {
      const bench = await mysqlBench({ mysql: { switches }, dirty: dirty ?? [] });
      const file = (third: string) => ({
        '001_m': `create table t (id int);\ninsert into t values (1);\n${third};\ninsert into t (id) values (4);`,
      });
      const failed = await bench.up(file('alter table t drop column nothing'));
      expect(failed.outcome).toBe('failed');
      const [error] = failed.migrations.flatMap(one => one.error ?? []);
      expect(error).toMatchObject({ statement: 3, line: 3, file: '001_m.sql' });
      expect(error!.message).toContain("Can't DROP 'nothing'");
      expect(error!.remedy).toBe(
        'Statements 1 to 2 are committed: fix the file from statement 3 on and run again, it goes on there',
      );
      expect(
        await bench.sql(
          "select status, statements_applied, error_statement, in_flight from schema_migrations where name = '001_m'",
        ),
      ).toEqual([['failed', 2, 3, null]]);

      const edited = await bench.up({ '001_m': file('select 1')['001_m'].replace('values (1)', 'values (11)') });
      expect(edited.outcome).toBe('stopped');
      expect(edited.problems[0]).toMatchObject({ code: 'edited-half-done' });

      const mended = await bench.up(file('alter table t add column m int'));
      expect(mended.outcome).toBe('applied');
      expect(await bench.sql('select * from t order by id')).toEqual([
        [1, null],
        [4, null],
      ]);
      expect(await bench.value("select max(statements_applied) from schema_migrations where name = '001_m'")).toBe(4);
    },
  );

  test('a failed statement that changes rows leaves nothing, and one that cannot be prepared neither', async () => {
    const bench = await mysqlBench();
    const failed = await bench.up({ '001_m': 'create table t (id int primary key);\ninsert into t values (1), (1);' });
    expect(failed.migrations[1]!.error).toMatchObject({
      statement: 2,
      remedy: expect.stringContaining('Statement 1 is committed'),
    });
    expect(await bench.value('select count(*) from t')).toBe(0);
    const trigger = await bench.up({
      '001_m':
        'create table t (id int primary key);\ncreate trigger g before insert on nothing for each row set new.id = 1;',
    });
    expect(trigger.migrations[1]!.error).toMatchObject({
      statement: 2,
      message: expect.stringContaining("doesn't exist"),
    });
    const mended = await bench.up({
      '001_m': 'create table t (id int primary key);\ncreate trigger g before insert on t for each row set new.id = 1;',
    });
    expect(mended.outcome).toBe('applied');
  });

  test('where the service cannot execute what MySQL cannot prepare: tables yes, triggers no, and it says why', async () => {
    const bench = await mysqlBench({ mysql: { switches: { unprepared: 'refused' } } });
    expect((await bench.up({ '001_m': 'create table t (id int);\ninsert into t values (1);' })).outcome).toBe(
      'applied',
    );
    expect(
      await bench.value('select count(*) from information_schema.routines where routine_schema = database()'),
    ).toBe(0);
    const report = await bench.up({
      '001_m': 'create table t (id int);\ninsert into t values (1);',
      '002_g': 'create trigger g before insert on t for each row set new.id = 1;',
    });
    expect(report.migrations[2]!.error).toMatchObject({
      remedy: expect.stringContaining('This Data API cannot execute such a statement'),
    });
  });

  test('a lock is waited for, and says who holds it', async () => {
    const bench = await mysqlBench();
    await bench.up({ '001_t': 'create table t (id int);' });
    await bench.raw.query('start transaction; select * from t');
    const waits: string[] = [];
    const report = await bench.up(
      { '001_t': 'create table t (id int);', '002_u': 'create table u (id int);\nalter table t add column m int;' },
      {
        lockTimeoutMs: 1000,
        on: event => {
          if (event.event !== 'waiting') return;
          waits.push(event.what);
          void bench.raw.query('commit');
        },
      },
    );
    expect(report.outcome).toBe('applied');
    expect(waits[0]).toMatch(/connection \d+ \(root, Sleep for \d+ s\) on t/);
    expect(await bench.value("select count(*) from schema_migrations where status = 'failed'")).toBe(0);
  });

  test('what an ended session had is not made up', async () => {
    const bench = await mysqlBench();
    const file = (last: string) => ({
      '001_m': `create table t (id int primary key auto_increment, n int);\ninsert into t (n) values (1);\nset @made = last_insert_id();\n${last};`,
    });
    expect((await bench.up(file('insert into t (n) values (@made, 1)'))).outcome).toBe('failed');
    const again = await bench.up(file('insert into t (n) values (@made)'));
    expect(again.migrations[1]!.error).toMatchObject({
      code: 'lost-session',
      statement: 4,
      remedy: expect.stringContaining('resolve --migration 001_m --statement 4 --as done'),
    });
    expect((await bench.up(file('insert into t (n) values (1)'))).outcome).toBe('applied');
  });

  test('what nothing tells of ends as unknown, and a person resolves it', async () => {
    const bench = await mysqlBench();
    const files = {
      '001_m':
        'create table t (id int);\ncreate procedure p() insert into t values (1);\ncall p();\ninsert into t values (2);',
    };
    bench.local.faults.add({ fault: 'reset', when: 'after', sql: 'call p()' });
    const report = await bench.up(files, { leaseMs: 300 });
    const [error] = report.migrations.flatMap(one => one.error ?? []);
    expect(error, JSON.stringify(report)).toMatchObject({ code: 'unknown-outcome', statement: 3 });
    expect(error!.remedy).toContain(
      '`aurora-migrations resolve --migration 001_m --statement 3 --as done` or `aurora-migrations resolve --migration 001_m --statement 3 --as not-done`',
    );
    expect((await bench.up(files)).outcome).toBe('failed');
    await bench.resolve(files, '001_m', 3, 'done');
    expect((await bench.up(files)).outcome).toBe('applied');
    expect(await bench.sql('select id from t order by id')).toEqual([[1], [2]]);
  });

  test('content above 65,535 bytes that is not ASCII comes back as it was', async () => {
    const bench = await mysqlBench();
    const rows = Array.from({ length: 40 }, (_, n) => `insert into t values (${n}, '${'größe 大 '.repeat(150)}');`);
    const text = `create table t (id int primary key, x text);\n${rows.join('\n')}\n`;
    const down = `-- ${'ä'.repeat(70_000)}\ndrop table t;\n`;
    expect(await bench.up({ '001_first': '-- none', '002_m': `${text}-- migrate:down\n${down}` })).toMatchObject({
      outcome: 'applied',
    });
    const [[content, revert] = []] = await bench.sql(
      "select content, revert_content from schema_migrations where name = '002_m'",
    );
    expect(content).toBe(text);
    expect(String(revert)).toContain(down);
    expect((await bench.revert({ '001_first': '-- none' }, 'missing')).outcome).toBe('reverted');
  });

  test('EXECUTE in another session: what its variables were read from is read again', async () => {
    const bench = await mysqlBench();
    const files = {
      '001_m': `create table t (n int); insert into t values (7); set @a = (select max(n) from t);
        prepare q from 'insert into later values (?)'; execute q using @a; deallocate prepare q;`,
    };
    expect((await bench.up(files)).migrations.at(-1)?.error).toMatchObject({ statement: 5 });
    await bench.raw.query('create table later (n int)');
    expect(await bench.up(files)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.sql('select n from later')).toEqual([[7]]);
  });

  test('PREPARE, EXECUTE and DEALLOCATE: the text is executed as the statement that it is', async () => {
    const bench = await mysqlBench();
    const add = (column: string) =>
      `set @s = (select if(count(*) = 0, 'alter table t add column ${column} int', 'do 0') from information_schema.columns
        where table_schema = database() and table_name = 't' and column_name = '${column}');
      prepare p from @s; execute p; deallocate prepare p;`;
    const files = {
      '001_m': `create table t (id int primary key, n int); ${add('x')} ${add('x')}
        prepare q from 'insert into t (id, n) values (?, ?)'; set @a = 1, @b = 2; execute q using @a, @b; set @a = 2; execute q using @a, @b;
        prepare r from 'delete from t order by id desc limit ?'; set @l = 1; execute r using @l; drop prepare r;`,
    };
    expect(await bench.up(files)).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.sql('select id, n, x from t')).toEqual([[1, 2, null]]);
    const committing = "set @c = if(1, 'commit', ''); prepare c from @c; execute c;";
    const refused = await bench.up({ ...files, '002_n': committing });
    expect(refused.migrations.at(-1)?.error).toMatchObject({ code: 'prepared-text', statement: 3 });
  });

  test.each([
    ['COMMIT', 'commit'],
    ['DROP DATABASE', 'drop database elsewhere'],
  ])('a prepared text that is %s is refused where it is read', async (words, text) => {
    const bench = await mysqlBench();
    const [first, ...rest] = text;
    const file = `create table t (id int primary key);\nset @s = concat('${first}', '${rest.join('')}');\nprepare p from @s;\nexecute p;`;
    const report = await bench.up({ '001_m': file });
    expect(report.outcome).toBe('failed');
    expect(report.migrations.at(-1)?.error).toMatchObject({
      ...{ code: 'prepared-text', statement: 4, line: 4 },
      message: `the prepared text is ${words}, which no migration executes`,
      remedy: 'Take that text out: a migration is committed by its run, in the database that it migrates',
    });
  });
});
