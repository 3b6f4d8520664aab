import pg from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
import { describeMysql, freshMysql, mysqlMasterUrl } from '../support/mysql.ts';
import { ensureRole, type FreshDatabase, freshDatabase } from '../support/postgresql.ts';

inTemporaryFolder();

const FILES = {
  '001_a.sql': '-- Source: goose 1\nCREATE TABLE a (id int PRIMARY KEY);\n',
  '002_b.sql': '-- Source: goose 2\nCREATE TABLE b (id int PRIMARY KEY);\n',
};
const GOOSE =
  'CREATE TABLE goose_db_version (id int PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp NULL)';
const ROWS = 'INSERT INTO goose_db_version VALUES (1, 0, true, NULL), (2, 1, true, NULL)';

async function execute(url: string, ...texts: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
}

/** What `baseline --from` answers for the folder `sql`. */
async function baseline(url: string, ...more: readonly string[]) {
  const { code, stdout, stderr } = await run(['baseline', '--json', '--dir', 'sql', '--url', url, ...more]);
  return { code, stderr, ...JSON.parse(stdout) };
}

describe('the table of the other tool', { timeout: 60_000 }, () => {
  beforeAll(() => void folder('sql', FILES));

  const withTables = async (...texts: readonly string[]): Promise<FreshDatabase> => {
    const database = await freshDatabase();
    await execute(database.url, ...texts);
    return database;
  };

  test('is not there, and another one is: it is named', async () => {
    await using database = await withTables('CREATE TABLE gorp_migrations (id text, applied_at timestamp)');
    expect(await baseline(database.url, '--from', 'goose')).toMatchObject({
      code: 1,
      outcome: 'stopped',
      problems: [
        {
          code: 'other-table-missing',
          message: expect.stringContaining('There is public.gorp_migrations (of sql-migrate) instead'),
        },
      ],
    });
  });

  test('is something else of that name', async () => {
    await using database = await withTables('CREATE TABLE goose_db_version (id int, bird text)');
    expect(await baseline(database.url, '--from', 'goose')).toMatchObject({
      problems: [
        {
          code: 'other-table-shape',
          message: expect.stringContaining('no column version_id, is_applied (its columns: id, bird)'),
        },
      ],
    });
  });

  test('is of the name of another tool', async () => {
    await using database = await withTables('CREATE TABLE schema_migrations (version bigint, dirty boolean)');
    const target = [
      '--from',
      'dbmate',
      '--table',
      'aurora_migrations',
      '--dir',
      folder('plain', { '001_a.sql': 'SELECT 1;\n' }),
    ];
    expect(await baseline(database.url, ...target)).toMatchObject({
      problems: [{ code: 'other-table-shape', remedy: expect.stringContaining('looks like that of golang-migrate') }],
    });
  });

  test('is there twice', async () => {
    await using database = await withTables(GOOSE, 'CREATE SCHEMA app', GOOSE.replace('TABLE ', 'TABLE app.'), ROWS);
    expect(await baseline(database.url, '--from', 'goose')).toMatchObject({
      problems: [
        {
          code: 'other-table-ambiguous',
          message: expect.stringContaining('app.goose_db_version, public.goose_db_version'),
        },
      ],
    });
    expect(await baseline(database.url, '--from', 'goose', '--from-table', 'public.goose_db_version')).toMatchObject({
      code: 0,
      baselined: ['001_a'],
    });
  });

  test('may not be read', async () => {
    await using database = await freshDatabase();
    await execute(database.url, GOOSE, ROWS);
    await ensureRole('table_stranger', "login password 'table_stranger'");
    const stranger = { username: 'table_stranger', password: 'table_stranger' };
    const url = Object.assign(new URL(database.url), stranger).href;
    expect(await baseline(url, '--from', 'goose')).toMatchObject({
      problems: [
        {
          code: 'other-table-right',
          message: expect.stringContaining('no right to read public.goose_db_version'),
          remedy: expect.stringContaining('GRANT SELECT ON "public"."goose_db_version"'),
        },
      ],
    });
  });

  test('cannot be read', async () => {
    await using database = await withTables(
      'CREATE FUNCTION broken() RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION $m$no bird$m$; END$$',
      'CREATE VIEW goose_db_version AS SELECT 1 AS id, 1 AS version_id, broken() AS is_applied',
    );
    expect(await baseline(database.url, '--from', 'goose')).toMatchObject({
      problems: [{ code: 'other-table-unreadable', message: expect.stringContaining('no bird') }],
    });
  });

  test('has the place of ours', async () => {
    await using database = await withTables('CREATE TABLE schema_migrations (version text PRIMARY KEY)');
    expect(await baseline(database.url, '--from', 'dbmate')).toMatchObject({
      code: 1,
      problems: [{ code: 'own-table', remedy: expect.stringContaining('--table aurora_migrations') }],
    });
  });

  test('has thousands of rows', async () => {
    await using database = await withTables(
      GOOSE,
      'INSERT INTO goose_db_version SELECT n, n, true, NULL FROM generate_series(1, 1501) n',
    );
    const files = Object.fromEntries(
      [1, 750, 1501, 1502].map(n => [`${n}_x.sql`, `-- Source: goose ${n}\nSELECT ${n};\n`]),
    );
    const { problems } = await baseline(database.url, '--from', 'goose', '--dir', folder('many', files));
    expect(problems[0].message).toMatch(/: 2, 3, 4, .*, 11, and 1488 more/);
  });

  test('what was undone here since stays undone', async () => {
    await using database = await withTables(GOOSE, ROWS);
    const files = { '001_a.sql': `${FILES['001_a.sql']}-- migrate:down\nSELECT 1;\n` };
    const dir = ['--dir', folder('undone', files)];
    expect(await baseline(database.url, '--from', 'goose', ...dir)).toMatchObject({ baselined: ['001_a'] });
    await execute(database.url, "UPDATE schema_migrations SET status = 'reverted' WHERE name = '001_a'");
    expect(await baseline(database.url, '--from', 'goose', ...dir)).toMatchObject({ outcome: 'nothing-to-do' });
  });
});

/** The tables of tools on MySQL, with two of three migrations, as each of them has it. */
const ON_MYSQL: readonly { tool: string; ids: readonly string[]; sql: readonly string[] }[] = [
  {
    tool: 'golang-migrate',
    ids: ['1', '2', '3'],
    sql: [
      'CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)',
      'INSERT INTO schema_migrations VALUES (2, false)',
    ],
  },
  {
    tool: 'dbmate',
    ids: ['20240101', '20240102', '20240103'],
    sql: [
      'CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY)',
      `INSERT INTO schema_migrations VALUES ('20240101'), ('20240102')`,
    ],
  },
  {
    tool: 'flyway',
    ids: ['1', '1.2', '1.10'],
    sql: [
      'CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50), description varchar(200), type varchar(20), script varchar(1000), checksum int, installed_by varchar(100), installed_on timestamp NULL, execution_time int, success bool)',
      `INSERT INTO flyway_schema_history VALUES (1, '1', 'a', 'SQL', 'V1__a.sql', 5, 'app', NULL, 1, 1), (2, '1.2', 'b', 'SQL', 'V1.2__b.sql', 5, 'app', NULL, 1, 1)`,
    ],
  },
  {
    tool: 'goose',
    ids: ['1', '2', '3'],
    sql: [
      'CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint NOT NULL, is_applied boolean NOT NULL, tstamp timestamp NULL)',
      'INSERT INTO goose_db_version VALUES (1, 0, 1, NULL), (2, 1, 1, NULL), (3, 2, 1, NULL), (4, 3, 1, NULL), (5, 3, 0, NULL)',
    ],
  },
  {
    tool: 'sql-migrate',
    ids: ['1_a.sql', '2_b.sql', '3_c.sql'],
    sql: [
      'CREATE TABLE gorp_migrations (id varchar(255) PRIMARY KEY, applied_at datetime)',
      `INSERT INTO gorp_migrations VALUES ('1_a.sql', NOW()), ('2_b.sql', NOW())`,
    ],
  },
  {
    tool: 'sqlx',
    ids: ['1', '2', '3'],
    sql: [
      'CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, installed_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, success boolean NOT NULL, checksum blob NOT NULL, execution_time bigint NOT NULL)',
      `INSERT INTO _sqlx_migrations VALUES (1, 'a', NOW(), 1, X'aa', 1), (2, 'b', NOW(), 1, X'bb', 1)`,
    ],
  },
  {
    tool: 'diesel',
    ids: ['20240101', '20240102', '20240103'],
    sql: [
      'CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP)',
      `INSERT INTO __diesel_schema_migrations (version) VALUES ('20240101'), ('20240102')`,
    ],
  },
  {
    tool: 'prisma',
    ids: ['1_a', '2_b', '3_c'],
    sql: [
      'CREATE TABLE _prisma_migrations (id varchar(36) PRIMARY KEY, checksum varchar(64) NOT NULL, finished_at datetime(3), migration_name varchar(255) NOT NULL, logs text, rolled_back_at datetime(3), started_at datetime(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3), applied_steps_count int unsigned NOT NULL DEFAULT 0)',
      `INSERT INTO _prisma_migrations VALUES ('x', 'aa', NOW(), '1_a', NULL, NULL, NOW(), 1), ('y', 'bb', NOW(), '2_b', NULL, NULL, NOW(), 1)`,
    ],
  },
  {
    tool: 'drizzle',
    ids: ['1704110400123', '1704196800456', '1704283200789'],
    sql: [
      'CREATE TABLE __drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)',
      `INSERT INTO __drizzle_migrations (hash, created_at) VALUES ('aa', 1704110400123), ('bb', 1704196800456)`,
    ],
  },
  {
    tool: 'pop',
    ids: ['20240101', '20240102', '20240103'],
    sql: [
      'CREATE TABLE schema_migration (version varchar(14) PRIMARY KEY)',
      `INSERT INTO schema_migration VALUES ('20240101'), ('20240102')`,
    ],
  },
  {
    tool: 'liquibase',
    ids: ['c.sql//ada//1', 'c.sql//ada//2', 'c.sql//ada//3'],
    sql: [
      'CREATE TABLE DATABASECHANGELOG (ID varchar(255) NOT NULL, AUTHOR varchar(255) NOT NULL, FILENAME varchar(255) NOT NULL, DATEEXECUTED datetime NOT NULL, ORDEREXECUTED int NOT NULL, EXECTYPE varchar(10) NOT NULL, MD5SUM varchar(35))',
      'CREATE TABLE DATABASECHANGELOGLOCK (ID int PRIMARY KEY, LOCKED bit(1) NOT NULL, LOCKGRANTED datetime, LOCKEDBY varchar(255))',
      'INSERT INTO DATABASECHANGELOGLOCK VALUES (1, 0, NULL, NULL)',
      `INSERT INTO DATABASECHANGELOG VALUES ('1', 'ada', 'c.sql', NOW(), 1, 'EXECUTED', 'x'), ('2', 'ada', 'c.sql', NOW(), 2, 'MARK_RAN', 'x')`,
    ],
  },
  {
    tool: 'atlas',
    ids: ['20240101', '20240102', '20240103'],
    sql: [
      'CREATE TABLE atlas_schema_revisions (version varchar(255) PRIMARY KEY, description varchar(255) NOT NULL, type bigint unsigned NOT NULL DEFAULT 2, applied bigint NOT NULL DEFAULT 0, total bigint NOT NULL DEFAULT 0, executed_at timestamp NOT NULL, execution_time bigint NOT NULL, error longtext, hash varchar(255) NOT NULL)',
      `INSERT INTO atlas_schema_revisions VALUES ('20240101', 'a', 2, 1, 1, NOW(), 1, NULL, 'h'), ('20240102', 'b', 2, 1, 1, NOW(), 1, '', 'h')`,
    ],
  },
  {
    tool: 'mybatis',
    ids: ['20240101', '20240102', '20240103'],
    sql: [
      'CREATE TABLE CHANGELOG (ID decimal(20, 0) NOT NULL PRIMARY KEY, APPLIED_AT varchar(25) NOT NULL, DESCRIPTION varchar(255) NOT NULL)',
      `INSERT INTO CHANGELOG VALUES (20240101, 'x', 'a'), (20240102, 'x', 'b')`,
    ],
  },
  {
    tool: 'rambler',
    ids: ['1_a.sql', '2_b.sql', '3_c.sql'],
    sql: [
      'CREATE TABLE migrations (migration varchar(255) NOT NULL)',
      `INSERT INTO migrations VALUES ('1_a.sql'), ('2_b.sql')`,
    ],
  },
  {
    tool: 'play',
    ids: ['1', '2', '3'],
    sql: [
      'CREATE TABLE play_evolutions (id int NOT NULL PRIMARY KEY, hash varchar(255) NOT NULL, applied_at timestamp NOT NULL, apply_script mediumtext, revert_script mediumtext, state varchar(255), last_problem mediumtext)',
      `INSERT INTO play_evolutions VALUES (1, 'a', NOW(), '', '', 'applied', ''), (2, 'b', NOW(), '', '', 'applied', '')`,
    ],
  },
  {
    tool: 'db-migrate',
    ids: ['/1-a', '/2-b', '/3-c'],
    sql: [
      'CREATE TABLE migrations (id int PRIMARY KEY, name varchar(255) NOT NULL, run_on datetime NOT NULL)',
      `INSERT INTO migrations VALUES (1, '/1-a', NOW()), (2, '/2-b', NOW())`,
    ],
  },
];

describeMysql('on MySQL', { timeout: 60_000 }, () => {
  async function fresh(...texts: readonly string[]) {
    const { name, raw } = await freshMysql();
    for (const text of texts) await raw.query(text);
    return { name, raw, url: Object.assign(new URL(mysqlMasterUrl), { pathname: `/${name}` }).href };
  }

  test.each(ON_MYSQL)('$tool', async ({ tool, ids, sql }) => {
    const { url } = await fresh(...sql, 'CREATE TABLE t1 (id int)', 'CREATE TABLE t2 (id int)');
    const files = ids.map((id, at) => [
      `00${at + 1}_x.sql`,
      `-- Source: ${tool} ${id}\nCREATE TABLE t${at + 1} (id int);\n`,
    ]);
    const target = ['--dir', folder('my', Object.fromEntries(files)), '--table', 'aurora_migrations'];
    expect(await baseline(url, '--from', tool, ...target)).toMatchObject({
      baselined: ['001_x', '002_x'],
      problems: [],
    });
    const up = async () => JSON.parse((await run(['up', '--json', '--url', url, ...target])).stdout);
    expect((await up()).applied).toEqual(['003_x']);
    expect(await up()).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
  });

  test('a table in another database of the server is another history, unless it is named', async () => {
    const other = await fresh(GOOSE, ROWS);
    const { url } = await fresh('CREATE TABLE a (id int)');
    const dir = ['--dir', folder('my', FILES)];
    expect(await baseline(url, '--from', 'goose', ...dir)).toMatchObject({
      problems: [{ code: 'other-table-missing' }],
    });
    const table = `${other.name}.goose_db_version`;
    expect(await baseline(url, '--from', 'goose', '--from-table', table, ...dir)).toMatchObject({
      baselined: ['001_a'],
    });
  });
});
