import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../run.ts';

inTemporaryFolder();

const GOOSE = {
  '00001_users.sql': '-- +goose Up\nCREATE TABLE users (id int);\n\n-- +goose Down\nDROP TABLE users;\n',
  '00002_index.sql': '-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY users_id ON users (id);\n',
  'README.md': 'About these\n',
};

const lines = (...all: string[]) => `${all.join('\n')}\n`;

describe('import', () => {
  test('writes the files, says what they were, and leaves the source as it is', async () => {
    folder('goose', GOOSE);
    const { code, stdout, stderr } = await run(['import', '--from', 'goose', 'goose', '--dir', 'ours']);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: lines(
        'file             becomes          with',
        '00001_users.sql  00001_users.sql  down',
        '00002_index.sql  00002_index.sql  transaction:false',
        '',
        '✓ 2 migrations of goose written into ours',
      ),
      stderr: lines('left out: README.md: not read by goose', 'Now: aurora-migrations check --dir ours'),
    });
    expect(readFileSync('ours/00001_users.sql', 'utf8')).toBe(`-- Source: goose 1

-- migrate:up
CREATE TABLE users (id int);

-- migrate:down
DROP TABLE users;
`);
    expect(readFileSync('ours/00002_index.sql', 'utf8')).toBe(`-- Source: goose 2

-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY users_id ON users (id);
`);
    for (const [name, text] of Object.entries(GOOSE)) expect(readFileSync(`goose/${name}`, 'utf8')).toBe(text);
    expect(await run(['check', '--dir', 'ours'])).toMatchObject({ code: 0 });
  });

  test('--dry-run writes nothing; --json says all', async () => {
    folder('goose', GOOSE);
    const { code, stdout } = await run(['import', 'goose', '--from=auto', '--dir=dry', '--dry-run', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      tool: 'goose',
      engine: 'postgresql',
      dir: 'dry',
      written: false,
      files: [
        {
          name: '00001_users.sql',
          from: ['00001_users.sql'],
          id: '1',
          versionRule: 'kept',
          isNonTransactional: false,
          hasDown: true,
        },
        {
          name: '00002_index.sql',
          from: ['00002_index.sql'],
          id: '2',
          versionRule: 'kept',
          isNonTransactional: true,
          hasDown: false,
        },
      ],
      leftOut: [{ file: 'README.md', text: 'not read by goose' }],
      skipped: [],
      notes: [],
    });
    expect(existsSync('dry')).toBe(false);
    expect((await run(['import', 'goose', '--from=auto', '--dir=dry', '--dry-run'])).stdout).toContain(
      '\n2 migrations of goose would be written into dry\n',
    );
  });

  test('what cannot be carried over stops it: nothing is written', async () => {
    folder('goose', { ...GOOSE, '00003_code.go': 'package x\n', '00004_code.go': 'package x\n' });
    const { code, stderr } = await run(['import', '--from', 'goose', 'goose', '--dir', 'none']);
    expect(code).toBe(1);
    expect(stderr).toContain('goose/00003_code.go:1: The migration is code (.go)');
    expect(existsSync('none')).toBe(false);
    const skipped = await run(['import', '--from', 'goose', 'goose', '--dir', 'none', '--skip', '*.go']);
    expect(skipped).toMatchObject({ code: 0 });
    expect(skipped.stderr).toContain('skipped: 00003_code.go, 00004_code.go\n');
  });

  test('a folder that keeps itself in a repository is empty', async () => {
    folder('goose', GOOSE);
    folder('kept', { '.gitkeep': '' });
    expect(await run(['import', '--from', 'goose', 'goose', '--dir', 'kept'])).toMatchObject({ code: 0 });
    expect(readdirSync('kept')).toEqual(['.gitkeep', '00001_users.sql', '00002_index.sql']);
  });

  test('links are not followed', async () => {
    folder('linked', GOOSE);
    writeFileSync('elsewhere.sql', '-- +goose Up\nSELECT 1;\n');
    symlinkSync('../elsewhere.sql', 'linked/00009_link.sql');
    const { code, stderr } = await run(['import', '--from', 'goose', 'linked', '--dry-run']);
    expect(code).toBe(0);
    expect(stderr).toContain('left out: 00009_link.sql: a link: links are not followed');
  });
});

/** The message of a failed import, on one line. */
async function said(...argv: string[]): Promise<string> {
  const { code, stderr } = await run(['import', ...argv], { columns: 1000, env: { NO_COLOR: '1' } });
  expect(code).not.toBe(0);
  return stderr.trim();
}

describe('it says what is wrong', () => {
  test('with the command line', async () => {
    expect(await said('goose')).toContain('"import" needs --from TOOL');
    expect(await said('--from', 'goose')).toContain('"import" needs SOURCE');
    expect(await said('--from', 'goose', 'goose', '--set', 'x')).toContain('--set cannot be "x"');
    expect(await said('--from', 'goos', 'goose', '--dir', 'new')).toBe(
      '"goos" is no tool whose migrations can be imported. Did you mean goose? Give auto, or one of golang-migrate, dbmate, flyway, goose, sql-migrate, sqlx, diesel, prisma, drizzle, supabase, node-pg-migrate, pop, rails, atlas, liquibase, graphile-migrate, tern, mybatis, rambler, play, postgres-migrations, aws-blocks, alchemy, db-migrate.',
    );
  });

  test.each(['knex', 'Kysely', 'typeorm', 'sequelize', 'django', 'alembic', 'ecto'])(
    'of %s, whose migrations are code',
    async tool => {
      const words = await said('--from', tool, 'anything', '--dir', 'new');
      expect(words).toMatch(
        /^Migrations of \w+ are code: they hold no SQL that could be imported\. Make one file of the schema/i,
      );
      expect(words).toContain('baseline --to 001');
    },
  );

  test('with the source', async () => {
    folder('goose', GOOSE);
    folder('prisma', {
      '20240101000000_a/migration.sql': 'SELECT 1;\n',
      'migration_lock.toml': 'provider = "postgresql"\n',
    });
    folder('app', { 'prisma/migrations/1_a/migration.sql': 'SELECT 1;\n' });
    folder('plain', { '001_a.sql': 'SELECT 1;\n' });
    folder('both', { 'atlas.sum': 'h1:x\n', '1_a.sql': '-- +goose Up\nSELECT 1;\n' });
    folder('empty', {});
    const to = ['--dir', 'new'];
    expect(await said('--from', 'prisma', 'goose', ...to)).toBe(
      'goose holds no migration of prisma, but looks like goose. Run the import with --from goose.',
    );
    expect(await said('--from', 'supabase', 'goose', ...to)).toBe(
      'The files in goose are written for goose, not for supabase. Run the import with --from goose.',
    );
    expect(await said('--from', 'goose', 'prisma', ...to)).toBe(
      'prisma holds no migration of goose, but looks like prisma. Run the import with --from prisma.',
    );
    expect(await said('--from', 'prisma', 'app', ...to)).toBe(
      'app holds no migration of Prisma (20240101120000_name/migration.sql). Did you mean app/prisma/migrations?',
    );
    for (const tool of ['goose', 'drizzle', 'liquibase'])
      expect(await said('--from', tool, 'empty', ...to)).toMatch(
        /^empty holds no migration of .* Name the folder that holds its migrations\.$/,
      );
    expect(await said('--from', 'auto', 'empty', ...to)).toBe(
      'empty holds no .sql file. Name the folder that holds the migrations of the other tool.',
    );
    expect(await said('--from', 'auto', 'plain', ...to)).toContain(
      'Nothing in plain tells which tool its files are written for',
    );
    expect(await said('--from', 'auto', 'both', ...to)).toBe(
      'both has signs of atlas and of goose. Name the tool that reads it: --from atlas.',
    );
    expect(await said('--from', 'goose', 'nowhere', ...to)).toContain('There is no folder or file nowhere');
    expect(existsSync('new')).toBe(false);
  });

  test('with the target', async () => {
    folder('goose', GOOSE);
    folder('full', { 'a.sql': '', 'b.sql': '' });
    folder('file', { sql: 'no folder' });
    expect(await said('--from', 'goose', 'goose', '--dir', 'goose/')).toBe(
      'goose/ is the folder that is imported. Name another folder with --dir: the files of the other tool stay as they are.',
    );
    expect(await said('--from', 'goose', 'goose', '--dir', 'full')).toBe(
      'full is not empty: it holds a.sql and 1 more. Name a new folder with --dir: an import never writes among files that are there.',
    );
    expect(await said('--from', 'goose', 'goose', '--dir', 'file/sql')).toContain(
      'file/sql is not empty: it holds something that cannot be listed (ENOTDIR)',
    );
    mkdirSync('closed');
    expect(await said('--from', 'goose', 'goose', '--dir', 'file/sql/below')).toContain('cannot be listed');
    expect(readdirSync('full')).toEqual(['a.sql', 'b.sql']);
  });
});
