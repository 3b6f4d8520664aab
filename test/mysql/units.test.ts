import { describe, expect, test } from 'vitest';
import type { Ddl, Script } from '../../lib/core/manifest.ts';
import { judged } from '../../lib/engine/mysql/definition-hash.ts';
import { unitsOf } from '../../lib/engine/mysql/statement/units.ts';
import { compileMysql, describeMysql, freshMysql } from '../support/mysql.ts';

async function scriptOf(sql: string): Promise<Script> {
  const { bodies, errors } = await compileMysql({ '001_m': sql });
  expect(errors, sql).toEqual([]);
  return bodies.get('001_m')!.up;
}

/** `ddl 1-3, transaction 4` */
async function units(sql: string): Promise<string> {
  const of = ({ kind, first, last }: ReturnType<typeof unitsOf>[number]) =>
    `${kind} ${first === last ? first : `${first}-${last}`}`;
  return unitsOf((await scriptOf(sql)).facts)
    .map(of)
    .join(', ');
}

describe('statements that share a checkpoint', () => {
  test.each([
    [
      'objects that name each other',
      `create table a (id int primary key); create table b (id int, foreign key (id) references a (id));
        create view v as select a.id from a join b on a.id = b.id; create index i on a (id);
        create trigger g before insert on a for each row set new.id = 1; create procedure p() select 1;`,
      'ddl 1-6',
    ],
    [
      'parts of one table',
      'alter table t add column x int; alter table t add index (x), drop column y;',
      'ddl 1, ddl 2',
    ],
    [
      'parts that have names',
      'alter table t add x int, add index i (x); alter table t drop column y, add y2 int;',
      'ddl 1, ddl 2',
    ],
    ['parts that are made', 'alter table t add x int; alter table t add y int; create index i on t (n);', 'ddl 1-3'],
    ['a part of a table just made', 'create table t (id int unique); drop index id on t;', 'ddl 1, ddl 2'],
    ['a table that is dropped and made again', 'drop table t; create table t (id int);', 'ddl 1, ddl 2'],
    ['that of a dump', 'drop table if exists t; create table t (id int);', 'ddl 1, ddl 2'],
    [
      'triggers of a table that is dropped',
      'create trigger g before insert on t for each row set @a = 1; drop table t;',
      'ddl 1, ddl 2',
    ],
    ['definitions of one table', 'alter table t modify n int; alter table t modify n bigint;', 'ddl 1, ddl 2'],
    [
      'what may be repeated',
      'create or replace view v as select 1; analyze table t; grant select on t to u;',
      'ddl 1-3',
    ],
    [
      'SETs around them',
      "set @a = 1; create table a (id int); set sql_mode = ''; create table b (id int); set @b = 1;",
      'ddl 1-5',
    ],
    ['rows', 'set @a = 1; insert into t values (1); set @b = 1; insert into t values (2);', 'transaction 1-4'],
    [
      'rows between them',
      'create table a (id int); insert into a values (1); create table b (id int);',
      'ddl 1, transaction 2, ddl 3',
    ],
    [
      'what nothing tells of',
      'call p(); call p(); create event e on schedule at now() do select 1;',
      'unjudged 1, unjudged 2, unjudged 3',
    ],
    ['prepared ones', "prepare s from 'do 0'; execute s; deallocate prepare s;", 'prepared 1, prepared 2, prepared 3'],
    [
      'a database that is dropped',
      'create table o.t (id int); drop database o; create table x (id int);',
      'ddl 1, ddl 2, ddl 3',
    ],
  ])('%s', async (_, sql, expected) => {
    expect(await units(sql)).toBe(expected);
  });
});

/** Related objects, on which every statement below can be executed. */
const BASE = `
create table parent (id int primary key, code int not null, name varchar(20), unique key code (code), key name (name));
create table child (id int primary key, parent_id int, n int, constraint fk foreign key (parent_id) references parent (id),
  constraint fk2 foreign key (n) references parent (code), constraint positive check (n > 0));
create table other (id int primary key, n int, key n (n));
create table twin like other;
create table parts (id int primary key) partition by range (id) (partition p0 values less than (10), partition p1 values less than maxvalue);
create table part like other; alter table part drop column n;
create view v as select id, name from parent; create view w as select id from v;
create procedure p() select 1; create function f() returns int deterministic return 1;
create trigger g before insert on other for each row set new.n = 1; create trigger h before insert on child for each row set new.n = 1;
create event e on schedule every 1 day disable do select 1;
insert into parent values (1, 1, 'a'); insert into other values (1, 1);`;

const STATEMENTS = [
  'create table fresh (id int primary key, n int unique)',
  'create table grandchild (id int, foreign key (id) references child (id))',
  'create table copy like parent',
  'create table if not exists parent (id int)',
  'drop table part',
  'drop table if exists nothing',
  'set foreign_key_checks = 0; drop table parent',
  'create view x as select * from other join v using (id)',
  'create or replace view v as select id from parent',
  'alter view w as select id, name from v',
  'drop view w',
  'create index i on other (n, id)',
  'create index fk on child (parent_id, n)',
  'drop index name on parent',
  'drop index n on twin',
  'alter table other add column x int',
  'alter table other add column x int unique',
  'alter table twin add constraint c foreign key (id) references parent (id)',
  'alter table child drop foreign key fk',
  'alter table child drop constraint positive',
  'alter table child add constraint small check (n < 1000)',
  'alter table other drop column n',
  'alter table other add key j (n), add y int',
  'alter table parent rename column name to label',
  'alter table parent rename index code to codes',
  'alter table parent modify name varchar(30)',
  'alter table parent comment = "a comment"',
  'alter table parent auto_increment = 100',
  'alter table child engine = InnoDB',
  'alter table other rename to another',
  'rename table parent to ancestor',
  'rename table other to swap_tmp, twin to other, swap_tmp to twin',
  'rename table w to views',
  'truncate table other',
  'alter table parts reorganize partition p1 into (partition p1 values less than (20), partition p2 values less than maxvalue)',
  'alter table parts exchange partition p0 with table part',
  'alter table parts truncate partition p0',
  'create trigger k before insert on other for each row precedes g set new.n = 2',
  'create trigger m after delete on parent for each row set @a = 1',
  'drop trigger g',
  'create procedure q() select 1',
  'drop procedure p',
  'alter procedure p comment "a comment"',
  'create function z() returns int deterministic return 1',
  'drop function f',
  'create event e2 on schedule every 1 day disable do select 1',
  'alter event e rename to e3',
  'drop event e',
  'analyze table parent',
  'optimize table other',
] as const;

type Values = Readonly<Record<string, unknown>>;

describeMysql('no statement that shares a unit moves a judge of another', { timeout: 300_000 }, () => {
  test('each of them, executed on related objects', async () => {
    const facts = await Promise.all(STATEMENTS.map(sql => scriptOf(`${sql};`)));
    const own = facts.map(({ facts: { ddl = [] } }): Ddl => ddl[0]!);
    const judges = own.flatMap((one, at) =>
      one.judges.map(judge => ({ ...judge, i: 100 * at + one.judges.indexOf(judge) })),
    );
    const { raw } = await freshMysql();
    const database = String(((await raw.query('select database() as d')) as unknown as [{ d: string }[]])[0][0]!.d);
    const look = async (): Promise<Values> => {
      const [rows] = await raw.query(`select ${judged('cast(? as json)', true)} as v`, [JSON.stringify(judges)]);
      const [{ v } = { v: '{}' }] = rows as { v: string | Values }[];
      return typeof v === 'string' ? (JSON.parse(v) as Values) : v;
    };
    const shares = (first: number, second: number) => {
      const ddl = [first, second].map((at, n) => ({ ...own[at]!, statement: n + 1 }));
      const session = { lines: [1, 2], session: [], ddl };
      return unitsOf({ ...facts[0]!.facts, ...session }).length === 1;
    };
    const moved: string[] = [];
    let pairs = 0;
    for (const [at, sql] of STATEMENTS.entries()) {
      await raw.query(`drop database ${database}; create database ${database}; use ${database}; ${BASE}`);
      const before = await look();
      await raw.query(`${sql}; set foreign_key_checks = 1`);
      const after = await look();
      const changed = Object.keys(before).filter(i => before[i] !== after[i]);
      // One that has judges is told by one of them.
      const told = own[at]!.judges.length === 0 || changed.some(i => Math.floor(Number(i) / 100) === at);
      if (!told && !/comment =|engine =/.test(sql)) moved.push(`nothing tells of: ${sql}`);
      for (let other = 0; other < STATEMENTS.length; other++) {
        if (other === at || !(shares(at, other) || shares(other, at))) continue;
        pairs++;
        if (changed.some(i => Math.floor(Number(i) / 100) === other))
          moved.push(`${sql} moves a judge of: ${STATEMENTS[other]}`);
      }
    }
    expect(moved).toEqual([]);
    expect(pairs).toBeGreaterThan(1000);
  });
});
