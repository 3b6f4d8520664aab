import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compileMysql, describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';

const SHOWN = `concat_ws('|', @@cte_max_recursion_depth, @@div_precision_increment, @@auto_increment_increment, @@auto_increment_offset,
  @@sql_buffer_result, @@max_execution_time, @@default_week_format, @@sql_auto_is_null, @@completion_type,
  @@sql_select_limit, @@block_encryption_mode, @@optimizer_switch, @@transaction_isolation, @@autocommit, abs(unix_timestamp() - unix_timestamp(sysdate())) < 9)`;

async function session(bench: MysqlBench): Promise<string | null | undefined> {
  return (await bench.client().execute({ sql: `select ${SHOWN}`, effect: 'read' }))[0]?.[0];
}

/** Aurora gives it to nobody. */
const LOADS = 'LOAD DATA INFILE takes the privilege FILE';

const FIRST = { '001_t': 'create table t (id int primary key auto_increment, n int);' };
const SETS = `set session cte_max_recursion_depth = 7, div_precision_increment = 7, auto_increment_increment = 5;
set @@session.sql_buffer_result = 1, @@max_execution_time = 77, local default_week_format = 3;
set session block_encryption_mode = 'aes-256-cbc', @x = 1, optimizer_switch = 'mrr=off', last_insert_id = 4, sql_select_limit = 5;`;

test('the settings that a migration names', async () => {
  const { bodies } = await compileMysql({
    '001_m': `${SETS}\nset names latin1; set @y = (select 1 as b), \`Sql_Notes\` = if(1, 0, 1); set global max_connections = 7, a = 1;
set sort_buffer_size := 32768, @@global.b = 1, @@c = 1, global d = 1, e = 1; create temporary table if not exists db.x (a int);`,
  });
  const { variables, temporary } = bodies.get('001_m')!.up.facts;
  expect(variables).toEqual([
    ...['auto_increment_increment', 'block_encryption_mode', 'c', 'cte_max_recursion_depth', 'default_week_format'],
    ...['div_precision_increment', 'last_insert_id', 'max_execution_time', 'optimizer_switch'],
    ...['sort_buffer_size', 'sql_buffer_result', 'sql_notes', 'sql_select_limit'],
  ]);
  expect(temporary).toEqual([{ statement: 8, schema: 'db', name: 'x' }]);
});

test.each(['set timestamp = 1600000000;', 'set @@session.timestamp = 5;', 'set time_zone = "+01:00", timestamp = 5;'])(
  'the clock of the session is left alone: %s',
  async sql => {
    const { errors } = await compileMysql({ '001_m': sql });
    expect(errors.map(({ code }) => code)).toEqual(['set-timestamp']);
  },
);

describeMysql.each([
  ['COMMIT AND CHAIN executed', true],
  ['COMMIT AND CHAIN refused', false],
] as const)('a session of the pool, %s', (_, chains) => {
  test.each([
    ['that is applied', 'insert into t (n) values (1);'],
    ['that fails', 'insert into nowhere values (1);'],
    ['that makes a trigger', 'create trigger g before insert on t for each row set new.n = 1;'],
  ])('has nothing of what was set in a migration %s', async (_what, last) => {
    const bench = await mysqlBench({ chains, poolSize: 1 });
    await bench.up(FIRST);
    const before = await session(bench);
    const report = await bench.up({ ...FIRST, '002_x': `${SETS}\n${last}` });
    expect(report.outcome).toBe(last.includes('nowhere') ? 'failed' : 'applied');
    expect(await session(bench)).toBe(before);
  });

  test('gives a migration nothing of what others have set', async () => {
    const dirty =
      'set auto_increment_increment = 5, auto_increment_offset = 3, cte_max_recursion_depth = 2, default_week_format = 3, max_execution_time = 5000';
    const bench = await mysqlBench({ chains, poolSize: 1, dirty: [dirty] });
    const before = await session(bench);
    const files = {
      ...FIRST,
      '002_x': `set @a = 1; insert into t (n) values (1), (2);
create table made as with recursive n as (select 1 as i union all select i + 1 from n where i < 9) select max(i) as m, week('2026-01-01') as w from n;`,
      '003_y': 'insert into t (id) values (1);',
    };
    const report = await bench.up(files);
    expect(report.migrations.at(-1)?.error).toMatchObject({ code: '23000', statement: 1 });
    expect(await bench.sql('select id from t')).toEqual([[1], [2]]);
    expect(await bench.sql('select m, w from made')).toEqual([[9, 0]]);
    expect(await session(bench)).toBe(before);
  });

  test('has no temporary table of a migration', async () => {
    const bench = await mysqlBench({ chains, poolSize: 1 });
    await bench.up(FIRST);
    const files = {
      ...FIRST,
      '002_a': 'create temporary table tmp (a int);',
      '003_b': 'set @x = 1; create temporary table tmp (a int, b int);\ncreate table tmp2 (a int);',
    };
    expect((await bench.up(files)).outcome).toBe('applied');
    const seen = bench.client().execute({ sql: 'select * from tmp', effect: 'read' });
    await expect(seen).rejects.toThrow("doesn't exist");
  });
});

describeMysql('the settings of a new session', () => {
  test('a statement behind no SET, which has no session of its own, meets the settings of a new one', async () => {
    const dirty =
      'set foreign_key_checks = 0, auto_increment_increment = 5, sql_safe_updates = 1, time_zone = "+05:00"';
    const bench = await mysqlBench({ poolSize: 1, dirty: [dirty] });
    const made = {
      '001_t': `create table p (id int primary key);
create table c (id int primary key auto_increment, p int, zone varchar(20), foreign key (p) references p (id));`,
    };
    await bench.up(made);
    const report = await bench.up({
      ...made,
      '002_x': `insert into c (zone) values (@@time_zone), (null);
update c set p = null;
-- one with a comment before it
insert into c (p) values (7);`,
    });
    expect(report.migrations.at(-1)?.error).toMatchObject({ statement: 3, code: '23000' });
    expect(await bench.sql('select id, zone from c')).toEqual([
      [1, await bench.value('select @@global.time_zone')],
      [2, null],
    ]);
  });

  test.each([
    'with x as (select 1 as id) update c join x using (id) set p = 7',
    'insert /*+ NO_ICP(c) */ into c (p) values (7)',
    "load data infile 'FILE' into table c (p)",
  ])('nor does one that takes no hints: %s', async sql => {
    const options = { poolSize: 1, dirty: ['set foreign_key_checks = 0'] };
    const bench = await mysqlBench({ ...options, ...(sql.startsWith('load') && { superuser: LOADS }) });
    const file = join(mkdtempSync(join(tmpdir(), 'load-')), 'rows');
    writeFileSync(file, '7\n');
    chmodSync(dirname(file), 0o755);
    onTestFinished(() => rmSync(dirname(file), { recursive: true }));
    const made = {
      '001_t': `create table p (id int primary key); insert into p values (1);
create table c (id int primary key auto_increment, p int, foreign key (p) references p (id)); insert into c (p) values (1);`,
    };
    await bench.up(made);
    const report = await bench.up({ ...made, '002_x': `${sql.replace('FILE', file)};` });
    expect(report.migrations.at(-1)?.error).toMatchObject({ statement: 1, code: '23000' });
    expect(await bench.sql('select p from c')).toEqual([[1]]);
  });
});

describeMysql('COMMIT AND CHAIN executed', () => {
  test('a temporary table lasts to the end of its migration, and none of others is in its way', async () => {
    const bench = await mysqlBench({ poolSize: 1, dirty: ['create temporary table if not exists tmp (x int)'] });
    const files = {
      '001_a': 'create temporary table tmp (a int);\ninsert into tmp values (1);\ncreate table t as select * from tmp;',
      '002_b':
        'create temporary table tmp (a int, b int);\ninsert into tmp values (1, 2);\ninsert into t select b from tmp;',
      '003_c': 'create table u (a int); create temporary table u (b int); insert into u values (1);',
    };
    expect((await bench.up(files)).migrations.map(({ error }) => error?.message).filter(Boolean)).toEqual([]);
    expect(await bench.sql('select a from t order by 1')).toEqual([[1], [2]]);
    // One that hides another is no reason to drop that.
    expect(await bench.sql('select a from u')).toEqual([]);
  });

  test.each(['CHAIN', 'RELEASE'])('a commit that would do more does not: %s', async type => {
    const bench = await mysqlBench({ poolSize: 1, dirty: [`set completion_type = '${type}'`] });
    const files = {
      ...FIRST,
      '002_x': 'insert into t (n) values (1);\nalter table t add m int;\ninsert into t (n) values (1);',
    };
    expect(await bench.up(files, { budgetMs: 20_000 })).toMatchObject({ outcome: 'applied', problems: [] });
  });
});
