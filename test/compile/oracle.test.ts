import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fingerprint } from '../support/fingerprint.ts';
import { freshDatabase } from '../support/postgresql.ts';
import { compileOne, statementsOf } from './folder.ts';

/** Content that other tools break on: each script leaves something behind that tells whether it arrived byte for byte. */
const SCRIPTS: Readonly<Record<string, string>> = {
  'dollar quotes': 'create table t (a text); insert into t values ($$ a :b c; $$), ($x$ $$ ; $$ $x$);',
  slices: 'create table t as select (array[1,2,3])[1:2] a, (array[1,2,3])[:2] b;',
  quotes:
    "create table t as select 'it''s; :x' a, E'\\';\\n' b, U&'d\\0061t\\+000061' c, N'n;' d, b'101' e, x'1f' f, 'a'\n  'b' g, e'a'\n'\\'' h;",
  'names with dollars': 'create table a$b$c ("d;e" int, "f""g" int, U&"d\\0061" int, é$1 int);',
  comments: '-- ; \ncreate table /* ; /* nested ; */ */ t -- ;\n (a int /* $$ */); /* ; */ -- \' "',
  'sql body':
    'create function f(a int) returns int begin atomic select a; select case when a > 1 then a + 1 end; end; create table t as select f(2);',
  'old sql body':
    "create function f() returns setof int language sql as 'select 1; select 2'; create function g() returns int return 3;",
  'plpgsql body':
    "create function f() returns text language plpgsql as $f$ declare x text := $$a;b$$; begin if x = ';' then return 'x'; end if; return x || ':y'; end $f$; create table t as select f();",
  rules:
    'create table a (i int); create table b (i int); create rule r as on insert to a do also (insert into b values (new.i); insert into b values (new.i + 1)); insert into a values (1);',
  'schema with elements':
    'create schema s create table t (a int) create view v as select a from t create index i on t (a); create table s.u ();',
  triggers:
    "create table t (a int, b text); create function f() returns trigger language plpgsql as 'begin new.b := ''x;''; return new; end'; create trigger tr before insert on t for each row when (new.a > 0) execute function f(); insert into t values (1);",
  'empty statements': ';;create table t (a int);;; ;create table u ();;',
  'line ends': "create table t (a text);\r\ninsert into t\r\nvalues ('a\r\nb');\r\n-- c\r\ncreate table u ();",
  'beyond ASCII':
    'create table "日本" ("😀" text default \'😀;é\'); insert into "日本" values (default); create table é (ö int);',
  'a transaction of its own': 'begin; create table t (a int); create table u (); commit;',
  operators:
    "create operator === (leftarg = int, rightarg = int, function = int4eq); create table t as select 1===1 a, 2 operator(pg_catalog.+) -1 b, '{\"a\":1}'::jsonb->>'a' c, @ -1 d, 1<-1 e;",
  'without a semicolon': 'create table t (a int)',
  domains:
    "create domain d as text check (value ~ '^[;:]+$'); create type e as enum (';', ':x', '$$'); create table t (a d default ';', b e default ':x');",
  merge:
    'create table t (i int primary key, n int); merge into t using (values (1, 2), (3, 4)) s (i, n) on t.i = s.i when matched then update set n = s.n when not matched then insert values (s.i, s.n);',
  prepared:
    'create table t (a int); prepare p (int) as insert into t values ($1); execute p (1); execute p (2); deallocate p;',
};

/** Two databases: the whole file sent at once as psql does with `-1`, and the pieces one by one; what they hold afterwards. */
async function bothWays(whole: string, pieces: readonly string[]): Promise<[string[] | string, string[] | string]> {
  const run = async (work: (client: pg.Client) => Promise<void>) => {
    const database = await freshDatabase();
    const client = new pg.Client(database.url);
    onTestFinished(() => client.end().then(database.drop));
    await client.connect();
    try {
      await work(client);
    } catch (error) {
      return (error as Error).message;
    }
    return fingerprint(client);
  };
  return Promise.all([
    run(async client => {
      await client.query(whole);
    }),
    run(async client => {
      await client.query('begin');
      for (const piece of pieces) await client.query(piece);
      await client.query('commit');
    }),
  ]);
}

describe('the pieces, one by one, do what the whole file does', () => {
  test.each(Object.entries(SCRIPTS))('%s', async (_, sql) => {
    const [whole, pieces] = await bothWays(sql, statementsOf(await compileOne(sql)));
    expect(pieces).toEqual(whole);
    expect(whole).toBeInstanceOf(Array);
    expect(whole.length).toBeGreaterThan(2);
  });
});
