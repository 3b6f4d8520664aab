import { expect, test } from 'vitest';
import { describe as inWords } from '../../lib/core/errors.ts';
import type { Files } from '../support/migrations.ts';
import {
  compileMysql,
  describeMysql,
  fingerprintMysql,
  freshMysql,
  mysqlBench,
  mysqlMasterUrl,
} from '../support/mysql.ts';
import { describeClient, runClient } from '../support/mysql-client.ts';

const TABLES = 'create table p (id int primary key auto_increment, n varchar(9));\ncreate table c (pid int);\n';
const procedure = (sql: string) => `DELIMITER //\n${sql}//\nDELIMITER ;\n`;

/** Another session of the pool has left these. */
const LEFT = 'set @v1 = 77, @made = 78, @actor = 79';

/** Folders that both take. */
const TAKEN: Readonly<Record<string, Files>> = {
  'bodies that ask for what a session has': {
    '001_t': `${TABLES}insert into p (n) values ('seed');
${procedure('create procedure add_p(in nn varchar(9), out new_id int)\nbegin insert into p (n) values (nn); set new_id = last_insert_id(); end')}
create event e on schedule every 1 day starts '2030-01-01 00:00:00' do insert into c values (last_insert_id() + found_rows() + @who);
create view v as select last_insert_id() as id;
create trigger g before insert on p for each row set new.n = coalesce(@actor, new.n);
create definer = 'root'@'%' view w as select id from p;`,
  },
  'a variable from a query, read by a statement and by a trigger': {
    '001_t': `${TABLES}set @actor = (select 5);
create trigger g before insert on p for each row set new.n = @actor, @seen = coalesce(@seen, 0) + 1;
set @actor = 6;
insert into p (n) values (null), (null);
insert into c values (@seen);`,
  },
  'what a CALL sets': {
    '001_t': `${TABLES}${procedure("create procedure mk(out o int) begin insert into p (n) values ('m'); set o = last_insert_id(), @by = 9; end")}
call mk(@made);
insert into c values (@made), (@by);`,
  },
  'variables in every place where one may be set': {
    '001_t': `${TABLES}set @a := 1, @b = (select 2);
select 3, 4 into @c, @my.d;
insert into c select @e := @a + @b + @c + @my.d;
insert into c select @r := @r + 1 from p, (select @r := 0) z;
insert into c values (@e);`,
  },
  'settings and repeatable variables behind DDL': {
    '001_t': `/*!40101 SET @saved_cs_client = @@character_set_client */;
/*!50503 SET character_set_client = utf8mb4 */;
SET @db = DATABASE(), @n = CONCAT('a', UPPER('b'));
create table t (a varchar(20));
/*!40101 SET character_set_client = @saved_cs_client */;
insert into t values (if(@db = database(), @n, 'other'));`,
  },
  'LAST_INSERT_ID() in a chain': {
    '001_t': `${TABLES}insert into p (n) values ('a');
insert into p (n) values (last_insert_id() + 10);
set @id = last_insert_id();
insert into c values (@id);`,
  },
  'temporary tables within a file': {
    '001_t': `${TABLES}create temporary table tt (id int);
insert into tt values (4), (5);
insert into c select id from tt;
drop temporary table tt;
create temporary table tt as select 9 as id;
insert into c select id from tt;
drop table tt;
create table q (tt int);
insert into q (tt) values (1);`,
  },
  'an export of phpMyAdmin': {
    '001_t': `SET SQL_MODE = "NO_AUTO_VALUE_ON_ZERO";
START TRANSACTION;
SET time_zone = "+00:00";
/*!40101 SET @OLD_CHARACTER_SET_CLIENT=@@CHARACTER_SET_CLIENT */;
/*!40101 SET NAMES utf8mb4 */;
CREATE TABLE \`k\` (\`id\` int(11) NOT NULL, \`n\` varchar(20) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
INSERT INTO \`k\` (\`id\`, \`n\`) VALUES (0, 'zero'), (1, 'one');
ALTER TABLE \`k\` ADD PRIMARY KEY (\`id\`);
ALTER TABLE \`k\` MODIFY \`id\` int(11) NOT NULL AUTO_INCREMENT, AUTO_INCREMENT=2;
COMMIT;
/*!40101 SET CHARACTER_SET_CLIENT=@OLD_CHARACTER_SET_CLIENT */;`,
  },
  'autocommit, beside other settings, put back from a variable': {
    '001_t': `SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, AUTOCOMMIT=0, foreign_key_checks=0;
create table p (id int primary key, o int, constraint f foreign key (o) references z (id));
insert into p values (1, 7);
COMMIT;
insert into p values (2, 8);
SET AUTOCOMMIT=@OLD_AUTOCOMMIT;
insert into p values (3, 9);`,
    '002_u': 'set autocommit = 0;\ninsert into p values (4, null);\ncommit;\nset autocommit = 1;',
  },
  'transactions one after another': {
    '001_t': `${TABLES}begin work;
insert into c values (1);
commit work;
start transaction;
insert into c values (2);
begin;
insert into c values (3);
commit;
commit;`,
  },
  'CRLF, also in a text and in a body': {
    '001_t': `\uFEFFcreate table t (a text);\r\ninsert into t values ('it''s\r\nx');\r\n${procedure('create procedure a()\nbegin\n  select 1; -- x\nend').replaceAll('\n', '\r\n')}`,
  },
  'one database, made and chosen': {
    '001_t':
      'CREATE DATABASE IF NOT EXISTS `THE_DATABASE` DEFAULT CHARACTER SET utf8mb4;\nUSE `THE_DATABASE`;\ncreate table t (a int);',
  },
};

describeClient('what the mysql client takes ends as it makes it', () => {
  test.each(Object.entries(TAKEN))('%s', async (_, written) => {
    const ends: string[][] = [];
    for (const transactionAfterDdl of ['kept', 'gone'] as const) {
      const bench = await mysqlBench({ poolSize: 2, dirty: [LEFT], mysql: { switches: { transactionAfterDdl } } });
      const files = Object.fromEntries(
        Object.entries(written).map(([name, text]) => [name, text.replaceAll('THE_DATABASE', bench.name)]),
      );
      const report = await bench.up(files);
      expect([report.problems.map(inWords), report.migrations.flatMap(({ error }) => error ?? [])]).toEqual([[], []]);
      ends.push(await fingerprintMysql(bench.raw, bench.name));
    }
    const theirs = await freshMysql(true, mysqlMasterUrl);
    const files = Object.fromEntries(
      Object.entries(written).map(([name, text]) => [name, text.replaceAll('THE_DATABASE', theirs.name)]),
    );
    expect(runClient(theirs.name, files)).toBe('');
    const expected = await fingerprintMysql(theirs.raw, theirs.name);
    expect(ends).toEqual([expected, expected]);
  });

  test('IGNORE_SPACE is not asked for: a space before the bracket is an error for both', async () => {
    const files = {
      '001_t': `${TABLES}create trigger g before insert on p for each row set @x = (select count (*) from c);`,
    };
    const theirs = await freshMysql(true, mysqlMasterUrl);
    expect(runClient(theirs.name, files)).toContain('ERROR 1064');
    const bench = await mysqlBench();
    const { error } = (await bench.up(files)).migrations.at(-1)!;
    expect(error).toMatchObject({ code: '42000', line: 3 });
  });
});

const made = 'create table p (id int primary key auto_increment);\ninsert into p values (null);\n';

describeMysql('what needs a session that has ended is refused by check, with both lines', () => {
  test.each([
    [
      'a variable',
      `${made}set @id = last_insert_id();\nalter table p add n int;\nupdate p set n = @id;`,
      5,
      ['@id', 3, 4],
    ],
    ['an OUT parameter', 'call mk(@made);\ncreate table t (a int);\ninsert into t values (@made);', 3, ['@made', 1, 2]],
    ['a variable of SELECT … INTO', 'select 1 into @a;\ndrop table t;\ndo @a;', 3, ['@a', 1, 2]],
    ['LAST_INSERT_ID()', `${made}drop table t;\ndo last_insert_id();`, 4, ['LAST_INSERT_ID()', 2, 3]],
    ['@@identity', `${made}drop table t;\ndo @@identity;`, 4, ['LAST_INSERT_ID()', 2, 3]],
    [
      'a temporary table',
      'create temporary table tt as select 5 as id;\ncreate procedure q() select 1;\ninsert into p select id from tt;',
      3,
      ['temporary table tt', 1, 2],
    ],
    ['what depends on one', 'set @a = (select 1);\nset @b = @a + 1;\ngrant select on t to u;\ndo @b;', 4, ['@b', 2, 3]],
    ['ROW_COUNT() behind DDL', 'alter table p add a int;\ndo row_count();', 2, ['ROW_COUNT()', 1]],
  ] as const)('%s', async (_, sql, line, says) => {
    const { errors } = await compileMysql({ '001_m': sql });
    expect(errors.map(({ code, place }) => [code, place?.line])).toEqual([['session-ended', line]]);
    for (const part of says) expect(errors[0]!.message).toContain(typeof part === 'number' ? `line ${part}` : part);
  });

  test('LAST_INSERT_ID() of another file', async () => {
    const { errors } = await compileMysql({ '001_a': made, '002_b': 'update p set id = last_insert_id();' });
    expect(errors).toMatchObject([{ code: 'session-ended', place: { file: '002_b.sql', line: 1 } }]);
  });

  test.each([
    'set @a = 1;\ndrop table t;\ndo @a;',
    'create temporary table tt (a int);\ndrop table p;\ninsert into q (tt) values (1);\nselect q.tt from q;',
    'create temporary table tt (a int);\ncreate table q as select * from tt;',
    'set @a = (select 1);\ncreate procedure p() select @a, last_insert_id();\nset @a = 2;\ndo @a;',
    'insert into p values (1);\nset last_insert_id = 4;\ndrop table t;\ndo last_insert_id();',
  ])('not refused: %s', async sql => {
    expect((await compileMysql({ '001_m': sql })).errors.map(inWords)).toEqual([]);
  });
});

describeMysql('a user variable that the file never sets is refused by check', () => {
  const SETS = 'set @v1 = 5;\nselect 1 into @v2;';
  test.each([
    ['a value', 'insert into t values (1);\ninsert into t values (@v1);', 2],
    ['an argument of an IN parameter', 'call takes(@v1);', 1],
    ['DDL', 'create table u as select @v2 as a;', 1],
    ['a setting', 'set sql_mode = @v1;', 1],
    ['the value of an event', 'create event e on schedule at @v1 do select 1;', 1],
    ['the down section', 'select 1;\n-- migrate:down\nset @v3 = @v1;', 3],
  ])('%s', async (_, sql, line) => {
    const takes = procedure('create procedure takes(in a int, out b int) set b = a');
    const { errors } = await compileMysql({ '001_a': `${SETS}\n${takes}`, '002_b': sql });
    expect(errors.map(({ code, place }) => [code, place?.file, place?.line])).toEqual([
      ['unset-variable', '002_b.sql', line],
    ]);
    expect(errors[0]!.message).toMatch(/^@v[12] is read here/);
  });

  test.each([
    ['a procedure that is not made here may set it', 'call theirs();\ninsert into t values (@v1);'],
    ['an OUT parameter', 'call gives(@x);\ninsert into t values (@x);'],
    ['a trigger sets it', 'insert into t values (1);\ninsert into u values (@seen);'],
    ['LOAD DATA', "load data infile 'x' into table t character set utf8mb4 (a, @x) set b = @x + 1;"],
    ['a body reads it', 'create trigger g before insert on t for each row set new.a = @actor;'],
    ['accounts', "grant select on t to 'a'@'localhost', b@localhost, `c`@`%`;"],
    ['variables of the server', 'set @@session.sql_notes = 0;\nselect @@sql_notes, @@global.port;'],
    ['diagnostics', 'get diagnostics @n = number;\ninsert into t values (@n);'],
  ])('not refused: %s', async (_, sql) => {
    const programs = `${procedure('create procedure gives(out o int) set o = 1')}create trigger h after insert on t for each row set @seen = 1;`;
    expect((await compileMysql({ '001_a': programs, '002_b': sql })).errors.map(inWords)).toEqual([]);
  });
});

describeMysql('DROP DATABASE of the migrated database', () => {
  test('is refused by check where a USE of the file tells its name', async () => {
    const { errors } = await compileMysql({ '001_a': 'drop schema if exists shop;\ncreate schema shop;\nuse shop;' });
    expect(errors).toMatchObject([{ code: 'drop-database', place: { line: 1 } }]);
  });

  test('stops a run before its first statement where only the run knows it', async () => {
    const bench = await mysqlBench();
    const files = {
      '001_a': 'create table a (id int);',
      '002_b': `create table b (id int);\ndrop schema if exists ${bench.name.toUpperCase()};`,
    };
    const report = await bench.up(files);
    expect(report).toMatchObject({ outcome: 'stopped', problems: [{ code: 'drop-database', place: { line: 2 } }] });
    expect(await bench.sql('show tables')).toEqual([]);
    expect(await bench.up({ '001_a': files['001_a'], '002_b': 'drop database if exists never_made;' })).toMatchObject({
      outcome: 'applied',
    });
  });

  test('a file for another database stops it too', async () => {
    const bench = await mysqlBench();
    const report = await bench.up({ '001_a': 'use other;\ncreate table a (id int);' });
    expect(report).toMatchObject({ outcome: 'stopped', problems: [{ code: 'use-database', place: { line: 1 } }] });
    expect(await bench.sql('show tables')).toEqual([]);
  });
});
