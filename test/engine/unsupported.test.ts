import { expect, test } from 'vitest';
import { type Database, DatabaseError } from '../../lib/core/database.ts';
import { postgresqlSchema } from '../../lib/engine/postgresql/schema/index.ts';
import { dump } from '../../lib/runner/dump.ts';
import { announce, migrate, status } from '../../lib/runner/index.ts';
import { bench } from '../support/migrations.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const FILES = { '001_t': 'create table t (id int);' };

/** The same database, whose server seems to be of another version: what asks for it is answered that. */
function saying(database: Database, asked: string, version: string): Database {
  const text = (sql: string) => sql.replaceAll(asked, version);
  return {
    execute: statement => database.execute({ ...statement, sql: text(statement.sql) }),
    begin: () => database.begin(),
    transaction: work =>
      database.transaction(({ execute }) =>
        work({ execute: statement => execute({ ...statement, sql: text(statement.sql) }) }),
      ),
    get calls() {
      return database.calls;
    },
  };
}

/** With the quotes as they stand within those of a DO. */
const oldPostgresql = (database: Database) =>
  saying(
    saying(database, `pg_catalog.current_setting('server_version_num')`, `'120022'`),
    `pg_catalog.current_setting(''server_version_num'')`,
    `''120022''`,
  );

const POSTGRESQL_12 = {
  code: 'unsupported-server',
  problems: [
    expect.objectContaining({ message: 'The server is PostgreSQL 12.22, and only PostgreSQL 13 to 18 are supported' }),
  ],
};

test('a PostgreSQL that says it is 12: nothing is installed', async () => {
  const { runner, value, database } = await bench();
  const options = { ...(await runner(FILES)), requestedBy: 'test', database: oldPostgresql(database) };
  await expect(migrate(options)).rejects.toMatchObject(POSTGRESQL_12);
  await expect(announce({ ...options, hook: 'hook', requestId: 'request' })).rejects.toMatchObject(POSTGRESQL_12);
  expect(await value(`select to_regclass('schema_migrations')`)).toBeNull();
});

test('a PostgreSQL that says it is 12, with tables: refused by the first call', async () => {
  const { up, runner, database, local } = await bench();
  await up(FILES);
  local.log.clear();
  const options = { ...(await runner(FILES)), requestedBy: 'test', database: oldPostgresql(database) };
  await expect(migrate(options)).rejects.toMatchObject(POSTGRESQL_12);
  await expect(status(options)).rejects.toMatchObject(POSTGRESQL_12);
  expect(local.log.entries).toHaveLength(2);
  const source = { database: options.database, schema: postgresqlSchema() };
  await expect(dump(source)).rejects.toMatchObject(POSTGRESQL_12);
});

describeMysql('MySQL', () => {
  const refused = (message: string) => ({
    code: 'unsupported-server',
    problems: [expect.objectContaining({ message: `${message}, and only MySQL 8 to 9 are supported` })],
  });

  test('one that says it is 10, with tables: refused by the first call', async () => {
    const { up, runner, local } = await mysqlBench();
    await up(FILES);
    local.log.clear();
    const options = { ...(await runner(FILES)), requestedBy: 'test' };
    const database = saying(options.database, 'VERSION()', `'10.0.1'`);
    await expect(migrate({ ...options, database })).rejects.toMatchObject(refused('The server is MySQL 10.0.1'));
    expect(local.log.entries).toHaveLength(1);
  });

  // There is no such server here: its answers are those of MariaDB 10.11 and MySQL 5.7.
  test.each([
    ['10.11.18-MariaDB-0+deb12u1', 'The server is MariaDB 10.11.18'],
    ['5.7.44-log', 'The server is MySQL 5.7.44'],
  ])('a stub of %s, which does not understand the query: refused by its name', async (version, message) => {
    const { runner } = await mysqlBench();
    const options = { ...(await runner(FILES)), requestedBy: 'test' };
    const asked = saying(options.database, 'VERSION()', `'${version}'`);
    const facts = { outcome: 'failed', service: 'DatabaseErrorException', errorCode: 1064, sqlState: '42000' } as const;
    const database: Database = {
      ...asked,
      execute: async statement => {
        if (/^\s*WITH /.test(statement.sql)) throw new DatabaseError('You have an error in your SQL syntax', facts);
        return asked.execute(statement);
      },
    };
    await expect(status({ ...options, database })).rejects.toMatchObject(refused(message));
    await expect(migrate({ ...options, database })).rejects.toMatchObject(refused(message));
  });
});
