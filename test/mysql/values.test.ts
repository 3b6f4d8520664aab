import { expect, test } from 'vitest';
import { mysql } from '../../lib/engine/mysql/index.ts';
import { describeMysql, freshMysql } from '../support/mysql.ts';

/** Statements that fail because of a value in a row of `kept`. */
const FAILING = [
  'insert into numbered (name) select name from kept',
  'alter table kept modify name int',
  'alter table kept modify name date',
  'alter table kept modify name datetime',
  'alter table kept modify name decimal(5, 2)',
  'alter table kept add m int as (name + 1) stored',
  'update kept set other = name + 1',
  'update kept set other = cast(name as signed)',
  "update kept set other = str_to_date(name, '%Y')",
  'update kept set other = convert(binary concat(name, 0xff) using utf8mb4)',
  'update kept set day = name',
  "alter table kept modify name enum('a')",
  'create unique index once on doubled (name)',
  'insert into doubled (name) select name from kept; alter table doubled add primary key (name)',
  'insert into parts select 4711',
  'update kept set doc = name',
  'insert into narrow select name from kept',
];

describeMysql('the messages of the server', () => {
  test('quote values of rows; what is told outside does not', async () => {
    const { raw } = await freshMysql();
    await raw.query(`create table kept (name varchar(40), other varchar(40), day date, doc json);
      insert into kept (name) values ('se''cret 4711');
      create table numbered (name varchar(40) primary key);
      insert into numbered select name from kept;
      create table doubled (name varchar(40));
      insert into doubled select name from kept union all select name from kept;
      create table parts (n int) partition by list (n) (partition p values in (1));
      create table narrow (name varchar(3))`);
    const quoting: string[] = [];
    for (const sql of FAILING) {
      const error = await raw.query(sql).then(
        () => undefined,
        (thrown: { errno: number; message: string }) => thrown,
      );
      if (error === undefined) throw new Error(`${sql}: no error`);
      for (const message of [error.message, `${error.message} (error ${error.errno})`]) {
        if (/secret|cret|4711/.test(message)) quoting.push(sql);
        expect(mysql().diagnostics.withoutValues(message), sql).not.toMatch(/cret|4711/);
      }
    }
    expect(new Set(quoting).size).toBeGreaterThan(8);
  });
});
