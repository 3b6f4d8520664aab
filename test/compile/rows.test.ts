import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../support/postgresql.ts';
import { compileOne } from './folder.ts';

let database: FreshDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client(database.url);
  await client.connect();
  await client.query(`
    create table t (id int primary key, v int); insert into t select g, g from generate_series(1, 9) g; create sequence s;
    create table ruled (id int); create table log (id int); create rule r as on insert to ruled do also insert into log values (new.id);
    create function f() returns setof int language sql as 'select id from t';
    create procedure quiet() language plpgsql as 'begin end'; create procedure loud(out a int) language plpgsql as 'begin a = 1; end';
    prepare rows as select 1; prepare no_rows as update t set v = v;
    create function pg_temp.loop(s text) returns void language plpgsql as 'declare r record; begin for r in execute s loop null; end loop; end';
    create function pg_temp.plain(s text) returns void language plpgsql as 'begin execute s; end'`);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

/** How PL/pgSQL takes a statement: read through a cursor, or run as it is. */
async function run(how: 'loop' | 'plain', sql: string): Promise<string> {
  await client.query('begin; declare c cursor for select * from t');
  try {
    await client.query(`select pg_temp.${how}($1)`, [sql]);
    return 'fine';
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.query('rollback');
  }
}

const READ = [
  'select 1',
  'select',
  '/* c */ select 1; ',
  'values (1), (2)',
  'table t',
  '(select 1) union all select 2',
  'with a as (select 1) select * from a',
  'with a as (insert into t values (50, 1) returning id) select * from a',
  'select f()',
  'select * from t for update',
  "select setval('s', 1)",
  'insert into t values (51, 1) returning id',
  'insert into ruled values (1) returning id',
  'update t set v = 1 returning id',
  'delete from t returning *',
  'merge into t using (values (1)) s (x) on t.id = s.x when matched then update set v = 9 returning t.id',
  'with a as (select 60 x) insert into t select x from a returning id',
  'show work_mem',
  'show all',
  'explain select 1',
  'explain analyze insert into t values (70, 1)',
  'explain analyze create table x as select 1',
  'explain execute rows',
  'fetch 2 from c',
  'fetch all from c',
];

const RUN = [
  'insert into t values (52, 1)',
  'insert into ruled values (1)',
  'update t set v = 1',
  'delete from t',
  'with a as (select 60 x) insert into t select x from a',
  'call quiet()',
  'call loud(null)',
  'execute rows',
  'execute no_rows',
  'move 1 in c',
  'close c',
  'declare d cursor for select 1',
  'create table x as select 1',
  'create table x as execute rows',
  'create materialized view x as select 1',
  'set work_mem = 100',
  'do $$ begin perform 1; end $$',
  'analyze t',
  'notify a',
  'lock table t',
  'prepare p as select 1',
  'set constraints all immediate',
];

describe('statements that return rows', () => {
  test.each(READ)('%s is read through a cursor, and can be', async sql => {
    expect((await compileOne(sql)).up.facts.rows).toEqual([1]);
    expect(await run('loop', sql)).toBe('fine');
  });

  test.each(RUN)('%s is run as it is, and can be', async sql => {
    expect((await compileOne(sql)).up.facts.rows).toEqual([]);
    expect(await run('plain', sql)).toBe('fine');
  });
});
