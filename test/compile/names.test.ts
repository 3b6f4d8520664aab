import { describe, expect, test } from 'vitest';
import { compileFiles, compileOne } from './folder.ts';

describe('objects that statements name', () => {
  test.each([
    ['create table s.Users (a int references "Roles")', 'roles users'],
    ['create table t (id bigserial primary key, n int unique)', 't t_id_seq t_n_key t_pkey'],
    ['create table t (id int generated always as identity, unique (id, id))', 't t_id_id_key t_id_seq'],
    ['create table t (a int constraint u unique, constraint p primary key (a))', 'p t u'],
    ['create unique index i on s.t (a)', 'i t'],
    ['alter table t add constraint u unique using index i', 'i t u'],
    ['drop table if exists s.a, b', 'a b'],
    ['drop index s.i', 'i'],
    ['drop trigger tr on s.t', 't tr'],
    ['drop policy p on t', 'p t'],
    ['drop function s.f(int), g', 'f g'],
    ['drop schema app', 'app'],
    ['drop type s.e', 'e'],
    ['alter table t rename to u', 't u'],
    ['alter table t rename column a to b', 't'],
    ['alter schema a rename to b', 'a b'],
    ['alter function f(int) owner to r', 'f'],
    ['alter type e rename to f', 'e f'],
    ["alter type s.e add value 'x'", 'e'],
    ['alter domain s.d set not null', 'd'],
    ['alter sequence q owned by s.t.c', 'q t'],
    ['alter role r set search_path = a', 'r'],
    ['alter default privileges grant select on tables to r', 'default privileges'],
    ['comment on column s.t.c is $$x$$', 't'],
    ['comment on constraint c on s.t is $$x$$', 'c t'],
    ['comment on function f(int) is $$x$$', 'f'],
    ['grant select on s.t to r', 't'],
    ['grant execute on function f(int) to r', 'f'],
    ['create trigger tr after insert on t execute function f()', 't tr'],
    ['create view v as select * from a join s.b on a.c = b.c where exists (select from d)', 'a b d v'],
    ['create function f() returns int language sql as $$ select 1 $$', 'f'],
    ["create type e as enum ('a')", 'e'],
    ['create type c as (a int)', 'c'],
    ['create domain d as int', 'd'],
    ['create extension x', 'x'],
    ['create schema app create table t ()', 'app t'],
    ['create rule r as on insert to a do also insert into b values (1)', 'a b r'],
    ['with c as (select * from a) insert into b select * from c', 'a b c'],
    ['merge into a using b on true when matched then delete', 'a b'],
    ['copy t to program $$cat$$', 't'],
    ['lock table a, s.b', 'a b'],
    ['create table p partition of q for values in (1)', 'p q'],
    ['create policy p on t using (exists (select from u))', 'p t u'],
    ['create publication p for table t', 'p t'],
    ['select f(a) from t', 't'],
  ])('%s', async (sql, names) => {
    expect((await compileOne(sql)).names).toEqual(names.split(/ (?!privileges)/));
  });
});

describe('what only counts if the folder makes it', () => {
  const made = {
    '1_a.sql': `create table Users (id bigserial primary key); create function app.touch() returns int language sql as 'select 1';
      create type mood as enum ('ok'); create sequence s; create domain d as int;`,
  };

  test.each([
    ['select touch()', 'touch'],
    ['create view v as select touch()', 'touch v'],
    ['create table t (a mood, b d[])', 'd mood t'],
    ["create table t (a int default nextval('public.s'))", 's t'],
    ['select setval(\'"public"."users_id_seq"\'::regclass, 1)', 'users_id_seq'],
    ["select 'Users'::regclass", 'users'],
    ['create trigger tr after insert on t execute function app.touch()', 't touch tr'],
    ['do $$ begin perform touch(); update users set x = 1; end $$', 'touch users'],
    ["do $$ begin execute 'alter table users add b int'; end $$", 'users'],
    ['do $$ begin /* users */ null; -- touch\n end $$', ''],
    ['create function f() returns int language sql as \'select id from "users"\'', 'f users'],
    ['create function f(a mood) returns d begin atomic select touch(); end', 'd f mood touch'],
    ['select lower(a), count(*) from t', 't'],
    ["insert into t values ('users')", 't'],
  ])('%s', async (sql, names) => {
    const { manifest, errors } = await compileFiles({ ...made, '2_b.sql': sql });
    expect(errors).toEqual([]);
    expect(manifest.migrations[2]!.names).toEqual(names.split(' ').filter(Boolean));
  });
});
