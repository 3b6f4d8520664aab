import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import type { Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { scanScript } from '../../lib/engine/mysql/statement/script.ts';
import { examples } from '../faults/random.ts';
import { connectTo, describeMysql, mysqlUrl } from '../support/mysql.ts';

const statements = (text: string) => scanScript(text).statements.map(({ first, end }) => text.slice(first, end));

/** What is split how: [feature, script, its statements]. Statements that select something are compared with the oracles. */
const FEATURES: readonly (readonly [feature: string, script: string, statements: readonly string[]])[] = [
  ['two statements', 'select 1; select 2', ['select 1', 'select 2']],
  ['a semicolon at the end', 'select 1;\n', ['select 1']],
  ['quotes with semicolons', `select 'a;b', "c;d"; select 3`, [`select 'a;b', "c;d"`, 'select 3']],
  ['doubled quotes', `select 'it''s;', "a"";b"; select 2`, [`select 'it''s;', "a"";b"`, 'select 2']],
  ['backslashes', `select 'it\\'s;', "\\";", '\\\\'; select 2`, [`select 'it\\'s;', "\\";", '\\\\'`, 'select 2']],
  [
    'backticks',
    'select 1 as `a;b`, 2 as `c``;d`, 3 as `e\\`; select 2',
    ['select 1 as `a;b`, 2 as `c``;d`, 3 as `e\\`', 'select 2'],
  ],
  ['dashes', "select 1 -- it's; a comment\n; select 2", ['select 1', 'select 2']],
  ['dashes that are signs', 'select 5--3; select 2', ['select 5--3', 'select 2']],
  ['dashes before a tab and at the end', 'select 1 --\t;\n; select 2 --', ['select 1', 'select 2']],
  ['a hash', "select 1 # it's; a comment\n; select 2", ['select 1', 'select 2']],
  ['a block comment', "select 1 /* it's; a comment */; select 2", ['select 1', 'select 2']],
  ['block comments do not nest', 'select 1 /* a /* b */; select 2', ['select 1', 'select 2']],
  ['a version comment', 'select 1 /*!50003 + 1 */; select 2', ['select 1 /*!50003 + 1 */', 'select 2']],
  ['one without a version', 'select 1 /*! + 1 */; select 2', ['select 1 /*! + 1 */', 'select 2']],
  ['one for a server that there is not', 'select 1 /*!99999 ; + 1 */; select 2', ['select 1', 'select 2']],
  ["MariaDB's", 'select 1 /*!100100 ; + 1 */; select 2', ['select 1', 'select 2']],
  [
    'a comment in one for a server that there is not',
    'select 1 /*!99999 a /* b */ ; */; select 2',
    ['select 1', 'select 2'],
  ],
  [
    'a version comment in a version comment',
    'select 1 /*!50003 + 1 /*!50003 + 2 */; select 2',
    ['select 1 /*!50003 + 1 /*!50003 + 2 */', 'select 2'],
  ],
  [
    'a comment in a version comment',
    'select 1 /*!50003 + /* ; */ 1 */; select 2',
    ['select 1 /*!50003 + /* ; */ 1 */', 'select 2'],
  ],
  [
    'a statement that is a version comment',
    '/*!40101 set @a = 1 */; select @a',
    ['/*!40101 set @a = 1 */', 'select @a'],
  ],
  [
    'a hint',
    'select /*+ MAX_EXECUTION_TIME(1000) */ 1; select 2',
    ['select /*+ MAX_EXECUTION_TIME(1000) */ 1', 'select 2'],
  ],
  [
    'a hint before a statement, which is none',
    '/*+ one; */ create procedure p() begin select 1; select 2; end; select 3',
    ['create procedure p() begin select 1; select 2; end', 'select 3'],
  ],
  ['a name with a colon', "select ':name', ';:x'; select 2", ["select ':name', ';:x'", 'select 2']],
  ['CRLF', 'select 1;\r\nselect 2 -- c\r\n;\r\n', ['select 1', 'select 2']],
  [
    'a procedure',
    'create procedure p() begin select 1; select 2; end; select 3',
    ['create procedure p() begin select 1; select 2; end', 'select 3'],
  ],
  [
    'a procedure of one statement',
    'create procedure p() select if(1, 2, 3); select 3',
    ['create procedure p() select if(1, 2, 3)', 'select 3'],
  ],
  [
    'IF, ELSEIF, ELSE, and the function IF',
    'create procedure p(a int) if a = 1 then select if(a, 1, 2); elseif a = 2 then select 2; else select 3; end if; select 3',
    [
      'create procedure p(a int) if a = 1 then select if(a, 1, 2); elseif a = 2 then select 2; else select 3; end if',
      'select 3',
    ],
  ],
  [
    'IF NOT EXISTS of both kinds',
    'create procedure if not exists p() begin if not exists (select 1) then drop table if exists nothing; end if; end; select 3',
    [
      'create procedure if not exists p() begin if not exists (select 1) then drop table if exists nothing; end if; end',
      'select 3',
    ],
  ],
  [
    'CASE as a statement and as an expression',
    'create procedure p(a int) begin case a when 1 then select case when a then 2 end; else select 3; end case; select case a when 1 then 2 else 3 end; end; select 3',
    [
      'create procedure p(a int) begin case a when 1 then select case when a then 2 end; else select 3; end case; select case a when 1 then 2 else 3 end; end',
      'select 3',
    ],
  ],
  [
    'loops and labels',
    'create procedure p(a int) l: begin w: while a > 0 do set a = a - 1; end while w; repeat set a = a + 1; until a > 3 end repeat; q: loop leave q; end loop q; end l; select 3',
    [
      'create procedure p(a int) l: begin w: while a > 0 do set a = a - 1; end while w; repeat set a = a + 1; until a > 3 end repeat; q: loop leave q; end loop q; end l',
      'select 3',
    ],
  ],
  [
    'handlers',
    "create procedure p() begin declare done int; declare continue handler for not found, sqlstate value '45000' begin set done = 1; end; declare exit handler for sqlexception if done then set done = 2; end if; select repeat('a', 2); end; select 3",
    [
      "create procedure p() begin declare done int; declare continue handler for not found, sqlstate value '45000' begin set done = 1; end; declare exit handler for sqlexception if done then set done = 2; end if; select repeat('a', 2); end",
      'select 3',
    ],
  ],
  [
    'names that are words of the grammar',
    'create procedure p() begin declare `end` int; select 1 as end; select t.begin from (select 1 as begin) t; set @end = 1; end; select 3',
    [
      'create procedure p() begin declare `end` int; select 1 as end; select t.begin from (select 1 as begin) t; set @end = 1; end',
      'select 3',
    ],
  ],
  [
    'a function with characteristics',
    "create function f(a int) returns varchar(20) character set utf8mb4 deterministic comment 'a; b' begin return a; end; select 3",
    [
      "create function f(a int) returns varchar(20) character set utf8mb4 deterministic comment 'a; b' begin return a; end",
      'select 3',
    ],
  ],
  [
    'a function that returns a SET',
    "create function f() returns set('a','b') deterministic begin return 'a'; end; select 3",
    ["create function f() returns set('a','b') deterministic begin return 'a'; end", 'select 3'],
  ],
  [
    'numbers that end with a point, variables that are words of the grammar',
    'create procedure p() begin if 1 in (2, 1.) then select case when 1 then @case end, 2. as a; end if; end; select 3',
    [
      'create procedure p() begin if 1 in (2, 1.) then select case when 1 then @case end, 2. as a; end if; end',
      'select 3',
    ],
  ],
  [
    'a body of one statement with the function IF',
    'create procedure p() kill if(1, 2, 3); create procedure q() show tables where if(1, 2, 3); select 3',
    ['create procedure p() kill if(1, 2, 3)', 'create procedure q() show tables where if(1, 2, 3)', 'select 3'],
  ],
  [
    'columns that are named as what ends a condition',
    'create procedure p() begin while do do if(1) then select 1; end if; end while; repeat set @a = 1; until end end repeat; repeat set @a = 1; until 1 + until end repeat; end; select 3',
    [
      'create procedure p() begin while do do if(1) then select 1; end if; end while; repeat set @a = 1; until end end repeat; repeat set @a = 1; until 1 + until end repeat; end',
      'select 3',
    ],
  ],
  [
    'a column named handler',
    'create procedure p() begin select case when 1 then handler end from (select 1 as handler) t; if 1 then select 2; end if; end; select 3',
    [
      'create procedure p() begin select case when 1 then handler end from (select 1 as handler) t; if 1 then select 2; end if; end',
      'select 3',
    ],
  ],
  [
    'a definer',
    'create definer = root@localhost procedure p() begin select 1; end; create definer=current_user() procedure q() begin select 1; end; select 3',
    [
      'create definer = root@localhost procedure p() begin select 1; end',
      'create definer=current_user() procedure q() begin select 1; end',
      'select 3',
    ],
  ],
  [
    'a trigger',
    'create trigger g before insert on base for each row begin set new.a = 1; if new.a then set new.a = 2; end if; end; select 3',
    [
      'create trigger g before insert on base for each row begin set new.a = 1; if new.a then set new.a = 2; end if; end',
      'select 3',
    ],
  ],
  [
    'an event',
    'create event e on schedule every 1 day starts current_timestamp disable do begin delete from base; end; alter event e do begin select 1; select 2; end; select 3',
    [
      'create event e on schedule every 1 day starts current_timestamp disable do begin delete from base; end',
      'alter event e do begin select 1; select 2; end',
      'select 3',
    ],
  ],
  [
    'CREATE … AS SELECT',
    'create table made as select 1 as a; select a from made',
    ['create table made as select 1 as a', 'select a from made'],
  ],
  [
    'a view with CASE',
    'create view v as select case when 1 then 2 end as a; select a from v',
    ['create view v as select case when 1 then 2 end as a', 'select a from v'],
  ],
];

/** What only the client reads. */
const CLIENT: typeof FEATURES = [
  [
    'DELIMITER //',
    'delimiter //\ncreate procedure p() begin select 1; end//\ndelimiter ;\nselect 3;',
    ['create procedure p() begin select 1; end', 'select 3'],
  ],
  [
    'DELIMITER $$, right behind a word',
    'DELIMITER $$\ncreate procedure p() begin select 1; end$$\nselect 2$$\nDELIMITER ;\nselect 3;',
    ['create procedure p() begin select 1; end', 'select 2', 'select 3'],
  ],
  ['DELIMITER ;;', 'DELIMITER ;;\nselect 1; select 2;;\nDELIMITER ;\nselect 3;', ['select 1', 'select 2', 'select 3']],
  [
    'a delimiter in quotes and comments',
    "delimiter //\nselect '//', 1 /* // */ -- //\n//\ndelimiter ;\nselect 3;",
    ["select '//', 1", 'select 3'],
  ],
  [
    'an indented and quoted one',
    "  delimiter '//' and more\nselect 1//\n  delimiter ;\nselect 3;",
    ['select 1', 'select 3'],
  ],
  ['CRLF behind it', 'delimiter //\r\nselect 1//\r\ndelimiter ;\r\nselect 3;\r\n', ['select 1', 'select 3']],
  ['a word that is none', "select 'delimiter //';\nselect 3;", ["select 'delimiter //'", 'select 3']],
  ['empty statements', ';;select 1;;;select 2;', ['select 1', 'select 2']],
  [
    "mysqldump's triggers",
    'DELIMITER ;;\n/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER g BEFORE INSERT ON base FOR EACH ROW begin set new.a = 1; set new.a = 2; end */;;\nDELIMITER ;\nselect 3;',
    [
      '/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER g BEFORE INSERT ON base FOR EACH ROW begin set new.a = 1; set new.a = 2; end */',
      'select 3',
    ],
  ],
];

describe('statements', () => {
  test.each([...FEATURES, ...CLIENT])('%s', (_, script, expected) => {
    expect(statements(script)).toEqual(expected);
    expect(scanScript(script).faults).toEqual([]);
  });

  test.each([
    ['comments only', '-- a\n/* b; */ # c;\n'],
    ['nothing', ''],
    ['a comment for another server', '/*!100100 set x = 1 */;'],
  ])('none in %s', (_, script) => expect(statements(script)).toEqual([]));

  test.each([
    ["select 'a", 'unterminated'],
    ['select `a', 'unterminated'],
    ['select 1 /* a', 'unterminated'],
    ['select 1 \\G', 'backslash'],
    ['--comment\nselect 1', 'bare-comment'],
    ['delimiter\nselect 1', 'delimiter'],
  ])('%s: %s', (script, kind) => expect(scanScript(script).faults.map(fault => fault.kind)).toContain(kind));
});

/** Parts of a script that mean the same wherever they stand. */
const part = fc.oneof(
  fc.constantFrom(
    ...FEATURES.filter(([, , all]) => all.every(one => !/-- ?$|--\t/.test(one))).map(([, , all]) => all[0]!),
  ),
  fc
    .stringMatching(/^[a-z';"`\\:#-]{0,6}$/)
    .map(text => `select '${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}' as a`),
);

/** Bodies of procedures in which the same words are keywords, names and functions. */
const { body } = fc.letrec<Record<'expression' | 'statement' | 'several' | 'body', string>>(tie => ({
  expression: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(
      '1',
      '1.',
      '.5',
      "'end;'",
      '"\\";"',
      '`;`',
      'end',
      'begin',
      'until',
      'handler',
      'do',
      'x.if',
      '@case',
      "@'if'",
    ),
    tie('expression').map(one => `if(${one}, 1 /*!50003 + 1 */, 2)`),
    tie('expression').map(one => `(select ${one} as end)`),
    tie('expression').map(one => `repeat(${one}, 2)`),
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `case ${one} when 1. then ${other} end`),
    fc.tuple(tie('expression'), tie('expression')).map(([one, other]) => `case when ${one} then 2 else ${other} end`),
  ),
  statement: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    tie('expression').map(one => `set @a = ${one}`),
    tie('expression').map(one => `select ${one} as begin, 1 end`),
    tie('expression').map(one => `insert into base values (${one})`),
    fc.constantFrom('do 1', 'commit', "xa end 'x'", 'drop table if exists nothing', 'kill if(1, 2, 3)', 'begin end'),
    fc.tuple(tie('expression'), tie('several')).map(([one, all]) => `if ${one} then ${all}end if`),
    fc.tuple(tie('expression'), tie('several')).map(([one, all]) => `if(${one}) then ${all}else ${all}end if`),
    fc
      .tuple(tie('expression'), tie('several'))
      .map(([one, all]) => `case ${one} when 1 then ${all}else ${all}end case`),
    fc.tuple(tie('expression'), tie('several')).map(([one, all]) => `while ${one} do ${all}end while`),
    fc.tuple(tie('expression'), tie('several')).map(([one, all]) => `repeat ${all}until ${one} end repeat`),
    tie('several').map(all => `loop ${all}end loop`),
    fc
      .tuple(tie('statement'), tie('several'))
      .map(
        ([one, all]) =>
          `begin declare \`end\` set('x;', 'end') default if(1, 2, 3); declare exit handler for not found, sqlstate value '42000' ${one}; ${all}end`,
      ),
  ),
  several: fc
    .array(fc.tuple(tie('statement'), fc.constantFrom(' ', '\r\n', " -- it's; end\n", ' /*!99999 /* end; */ ; */ ')), {
      minLength: 1,
      maxLength: 2,
    })
    .map(all => all.map(([one, between]) => `${one}${between};${between}`).join('')),
  body: fc.oneof(
    tie('statement'),
    tie('several').map(all => `l: begin ${all}leave l; end l`),
  ),
}));

const space = fc.constantFrom('\n', ' ', '\r\n', '\n-- a; comment\n', "\n# it's; one\n", ' /* one; */ ');

describe('properties', () => {
  test('statements joined by semicolons come apart as they were, whatever stands between them', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(part, space), { maxLength: 8 }), parts => {
        const text = parts.map(([one, between]) => `${between}${one}\n;${between}`).join('');
        expect(statements(text)).toEqual(parts.map(([one]) => one));
      }),
      { numRuns: examples(300) },
    );
  });

  test('with another delimiter too', () => {
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 6 }),
        fc.constantFrom('//', '$$', ';;', '|', '@@@'),
        (parts, delimiter) => {
          fc.pre(parts.every(one => !one.replace(/(['"`])(?:(?!\1)[^\\]|\\.|\1\1)*\1/g, '').includes(delimiter)));
          const text = `DELIMITER ${delimiter}\n${parts.map(one => `${one}\n${delimiter}\n`).join('')}DELIMITER ;\nselect 1;`;
          expect(statements(text)).toEqual([...parts, 'select 1']);
        },
      ),
      { numRuns: examples(300) },
    );
  });

  test('any text is read to its end', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ab1 ;\'"`\\/*!+-#\n$.@(){}:', 'begin ', 'end ', 'if ', 'delimiter ') }),
        text => {
          const { statements: found } = scanScript(text);
          for (const [at, { first, end, close }] of found.entries()) {
            expect(first).toBeLessThan(end);
            expect(close).toBeGreaterThanOrEqual(end);
            expect(first).toBeGreaterThanOrEqual(found[at - 1]?.close ?? 0);
          }
        },
      ),
      { numRuns: examples(500) },
    );
  });
});

describeMysql('the oracles', () => {
  const database = `test_split_${process.pid}`;
  let connection: Connection;
  const fresh = () =>
    connection.query(
      `drop database if exists ${database}; create database ${database}; use ${database}; create table base (a int)`,
    );

  beforeAll(async () => {
    connection = await connectTo();
    await fresh();
  });
  afterAll(async () => {
    await connection.query(`drop database ${database}`);
    connection.destroy();
  });

  async function definitions(): Promise<unknown> {
    const [routines] = await connection.query(
      `select routine_name as n, trim(trailing ';' from routine_definition) as d from information_schema.routines where routine_schema = '${database}'
       union all select trigger_name, action_statement from information_schema.triggers where trigger_schema = '${database}'
       union all select event_name, event_definition from information_schema.events where event_schema = '${database}' order by 1`,
    );
    return routines;
  }

  /** The rows that a text selects, and the definitions that it leaves. */
  async function outcome(run: () => Promise<unknown[]>): Promise<unknown> {
    await fresh();
    const rows = await run();
    return { rows, routines: await definitions() };
  }

  async function oneByOne(script: string): Promise<unknown[]> {
    const rows: unknown[] = [];
    for (const one of statements(script)) {
      const [found] = await connection.query({ sql: one, rowsAsArray: true });
      if (Array.isArray(found)) rows.push(found);
    }
    return rows;
  }

  test.each(FEATURES)('the server splits as we do: %s', async (_, script) => {
    const server = await outcome(async () => {
      // Nothing may follow the last semicolon for the server.
      const [found] = (await connection.query({
        sql: script.replace(/[;\s]+$/, ''),
        rowsAsArray: true,
      })) as unknown[][];
      const sets = scanScript(script).statements.length > 1 ? (found as unknown[]) : [found];
      return sets.filter(set => Array.isArray(set));
    });
    expect(await outcome(() => oneByOne(script))).toEqual(server);
  });

  test('the server splits as we do: procedures of whatever nesting', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(body, { minLength: 2, maxLength: 4 }), async bodies => {
        const script = bodies.map((one, at) => `create procedure p${at}() comment 'begin;' ${one}`).join('; ');
        await fresh();
        await connection.query(script);
        const theirs = await definitions();
        await fresh();
        for (const one of statements(script)) await connection.query(one);
        expect(await definitions()).toEqual(theirs);
        expect(theirs).toHaveLength(bodies.length);
      }),
      { numRuns: examples(40) },
    );
  });

  const client = spawnSync('mysql', ['--version']).status === 0 ? test : test.skipIf(true);
  client.each(CLIENT)('the client splits as we do: %s', async (_, script) => {
    // Past the Data API, as root.
    const { hostname, port, username, password } = new URL(mysqlUrl);
    const texts = (rows: unknown[]) => (rows as unknown[][][]).flatMap(set => set.map(row => row.join('\t')));
    const theirs = await outcome(async () => {
      const login = [
        `-h${hostname}`,
        `-P${port || 3306}`,
        `-u${username || 'root'}`,
        ...(password ? [`-p${password}`] : []),
      ];
      const ran = spawnSync('mysql', ['--no-defaults', ...login, '-N', '-B', '--skip-comments', database], {
        input: script,
        encoding: 'utf8',
      });
      expect(ran.stderr.replace(/.*password on the command line.*\n/, '')).toBe('');
      return ran.stdout.split('\n').filter(Boolean);
    });
    const ours = (await outcome(() => oneByOne(script))) as { rows: unknown[]; routines: unknown };
    expect({ ...ours, rows: texts(ours.rows) }).toEqual(theirs);
  });
});
