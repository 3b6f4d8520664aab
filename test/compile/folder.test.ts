import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compile } from '../../lib/compile/index.ts';
import { MigrationError } from '../../lib/core/errors.ts';
import { compileFiles, withFolder } from './folder.ts';

/** Files, and what is wrong with them: file, place, code, a part of what is said. */
const MISTAKES: readonly [what: string, files: Record<string, string | Uint8Array>, problem: string, words: string][] =
  [
    ['two files of one version', { '1_a.sql': '', '1_b.sql': '' }, '1_b.sql:1 duplicate-version', 'taken by 1_a.sql'],
    ['zeros in front', { '01_a.sql': '', '1_b.sql': '' }, '1_b.sql:1 duplicate-version', 'taken by 01_a.sql'],
    ['a file and a pair', { '1_a.sql': '', '1_a.up.sql': '' }, '1_a.up.sql:1 duplicate-version', 'taken by 1_a.sql'],
    [
      'two files of version 0',
      { '0000_a.sql': '', '0_b.sql': '' },
      '0_b.sql:1 duplicate-version',
      'Version 0 is taken by 0000_a.sql. Renumber one of the two',
    ],
    [
      'one that a squash replaces',
      { '1_a.sql': '', '1_b.sql': '-- migrate:replaces 0_z,1_a@0123456789ab' },
      '1_b.sql:1 duplicate-version',
      'Delete 1_a.sql: 1_b.sql replaces it',
    ],
    [
      'one whose name begins one that a squash replaces',
      { '1_a.sql': '', '1_b.sql': '-- migrate:replaces 1_a-old' },
      '1_b.sql:1 duplicate-version',
      'Renumber one of the two',
    ],
    [
      'their very name',
      { '000_create_migrations_table.sql': '' },
      '000_create_migrations_table.sql:1 reserved-name',
      'comes with the package. Delete the file',
    ],
    ['a bad name', { 'add_users.sql': '' }, 'add_users.sql:1 bad-name', 'NNN_description.sql'],
    [
      'a long name',
      { [`1_${'a'.repeat(199)}.sql`]: '' },
      `1_${'a'.repeat(199)}.sql:1 long-name`,
      '201 characters. Shorten it to 200',
    ],
    ['a down file alone', { '1_a.down.sql': '' }, '1_a.down.sql:1 no-up-file', 'Add the up file'],
    [
      'Latin-1',
      { '1_a.sql': Buffer.from("select 1;\nselect 'é'", 'latin1') },
      '1_a.sql:2 not-utf8',
      'byte 19 of the file is 0xe9. Save the file as UTF-8',
    ],
    [
      'a lone surrogate',
      { '1_a.sql': Buffer.from([0x27, 0xed, 0xa0, 0x80, 0x27]) },
      '1_a.sql:1 not-utf8',
      'byte 2 of the file is 0xed',
    ],
    [
      'UTF-16',
      { '1_a.sql': Buffer.from('\uFEFFselect 1', 'utf16le') },
      '1_a.sql:1 not-utf8',
      'byte 1 of the file is 0xff',
    ],
    [
      'a cut character',
      { '1_a.sql': Buffer.from([0x61, 0x0a, 0xf0, 0x9f]) },
      '1_a.sql:2 not-utf8',
      'byte 3 of the file is 0xf0',
    ],
    [
      'NUL',
      { '1_a.sql': "select 1;\nselect 'a\0b';" },
      '1_a.sql:2:10 nul',
      'A NUL character, which PostgreSQL takes in no text',
    ],
    [
      'too large a file',
      { '1_a.sql': `select '${'x'.repeat(4_200_000)}'` },
      '1_a.sql:1:1 too-large',
      '4.01 MiB or more; the Data API takes 4.00. Split it into 2 migrations',
    ],
    [
      'too large a request',
      { '1_a.sql': `select '${'\n'.repeat(2_200_000)}'` },
      '1_a.sql:1:1 too-large',
      '4.21 MiB or more; the Data API takes 4.00. Split it into 2 migrations',
    ],
    [
      'too large together',
      { '1_a.up.sql': `select '${'x'.repeat(2_200_000)}'`, '1_a.down.sql': `select '${'x'.repeat(2_200_000)}'` },
      '1_a.up.sql:1:1 too-large',
      '4.21 MiB',
    ],
    [
      'an unknown directive',
      { '1_a.sql': 'select 1;\n-- migrate:dwon\ndrop table a;' },
      '1_a.sql:2:1 unknown-directive',
      'Unknown directive "migrate:dwon"',
    ],
    [
      'an unknown option',
      { '1_a.sql': '-- x\n-- migrate:up transaktion:false' },
      '1_a.sql:2:1 unknown-option',
      'transaction:true|false',
    ],
    [
      'an indented directive',
      { '1_a.sql': 'select 1;\n  -- migrate:down\ndrop table a;' },
      '1_a.sql:2:3 misplaced-directive',
      'line of its own',
    ],
    [
      'a directive after a statement',
      { '1_a.sql': 'select 1; -- migrate:down' },
      '1_a.sql:1:11 misplaced-directive',
      'line of its own',
    ],
    [
      'statements before up',
      { '1_a.sql': 'select 1;\n-- migrate:up\nselect 2;' },
      '1_a.sql:2:1 misplaced-directive',
      'before the first statement',
    ],
    [
      'down in an up file',
      { '1_a.up.sql': 'select 1;\n-- migrate:down\nselect 2;' },
      '1_a.up.sql:2:1 misplaced-directive',
      'other file of the pair',
    ],
    [
      'up in a down file',
      { '1_a.up.sql': '', '1_a.down.sql': '-- migrate:up' },
      '1_a.down.sql:1:1 misplaced-directive',
      'other file of the pair',
    ],
    [
      'down in a repeatable one',
      { 'R__a.sql': 'select 1;\n-- migrate:down\nselect 2;' },
      'R__a.sql:2:1 misplaced-directive',
      'change the file back',
    ],
    [
      'a mistake in a down file',
      { '1_a.up.sql': '', '1_a.down.sql': 'select 1;\nselec 2;' },
      '1_a.down.sql:2:1 syntax',
      'selec',
    ],
  ];

describe('mistakes', () => {
  test.each(MISTAKES)('%s', async (_, files, problem, words) => {
    const { errors } = await compileFiles(files);
    const [error] = errors;
    const { file, line, column } = error!.place!;
    expect(`${file}:${line}${column === undefined ? '' : `:${column}`} ${error!.code}`).toBe(problem);
    expect(`${error!.message}. ${error!.remedy}`).toContain(words);
    expect(errors.length).toBe(1);
  });

  test('all of them at once', async () => {
    const { errors, manifest } = await compileFiles({
      'add_users.sql': '',
      [`3_${'a'.repeat(199)}.sql`]: '',
      '1_a.down.sql': '',
      '4_latin.sql': Buffer.from('é', 'latin1'),
      '5_fine.sql': 'select 1',
      '7_bad.sql': 'selec',
    });
    expect(errors.map(({ code }) => code).sort()).toEqual([
      'bad-name',
      'long-name',
      'no-up-file',
      'not-utf8',
      'syntax',
    ]);
    expect(manifest.migrations.map(({ name }) => name)).toContain('5_fine');
  });

  test('version 0 is a version like any other: that of the tracking tables is none of the folder', async () => {
    const { errors, manifest } = await compileFiles({ '0001_b.sql': 'select 1', '0000_a.sql': 'select 1;' });
    expect(errors).toEqual([]);
    expect(manifest.migrations.map(({ name }) => name)).toEqual(['000_create_migrations_table', '0000_a', '0001_b']);
  });

  test('a file beside the down file of a pair', async () => {
    const { errors } = await compileFiles({ '1_a.down.sql': '', '1_a.sql': '' });
    expect(errors.map(({ code, place }) => `${place?.file} ${code}`)).toEqual([
      '1_a.sql duplicate-version',
      '1_a.down.sql no-up-file',
    ]);
  });

  test('a folder without migrations', async () => {
    const { errors, manifest } = await compileFiles({ 'README.md': 'x' });
    expect(errors).toMatchObject([{ code: 'empty-folder', remedy: expect.stringContaining('NNN_description.sql') }]);
    expect(manifest.migrations.map(({ name }) => name)).toEqual(['000_create_migrations_table']);
  });

  test('no folder, or a file instead of one', async () => {
    await withFolder({ 'a.sql': '' }, async dir => {
      for (const [path, words] of [
        ['none', 'There is no folder'],
        ['a.sql', 'is a file, not a folder'],
      ] as const) {
        const failure = compile({ dir: join(dir, path), engine: 'postgresql' });
        await expect(failure).rejects.toThrow(words);
        await expect(failure).rejects.toThrow(MigrationError);
      }
    });
  });

  test.runIf(process.getuid?.() !== 0)(
    'a file that may not be read (not shown to root, who may read all)',
    async () => {
      await withFolder({ '1_a.sql': 'select 1' }, async dir => {
        chmodSync(join(dir, '1_a.sql'), 0);
        const { errors } = await compile({ dir, engine: 'postgresql', relativeTo: dir });
        expect(errors).toMatchObject([
          { code: 'unreadable', place: { file: '1_a.sql' }, message: 'The file cannot be read (EACCES)' },
        ]);
      });
    },
  );

  test('a file that cannot be read', async () => {
    await withFolder({}, async dir => {
      symlinkSync(join(dir, 'nowhere'), join(dir, '1_a.sql'));
      const { errors } = await compile({ dir, engine: 'postgresql', relativeTo: dir });
      expect(errors).toMatchObject([
        { code: 'unreadable', place: { file: '1_a.sql' }, message: 'The file cannot be read (ENOENT)' },
      ]);
    });
  });
});

describe('what is read', () => {
  test('.sql files of the folder itself, in order, after the tracking tables', async () => {
    await withFolder(
      {
        '10_c.sql': '',
        '9_b.sql': '',
        'R__z.sql': '',
        'R__a.sql': '',
        '20250101000000_d.sql': '',
        'notes.txt': 'x',
        '.gitkeep': '',
      },
      async dir => {
        mkdirSync(join(dir, 'deeper.sql'));
        writeFileSync(join(dir, 'deeper.sql', 'x.sql'), 'selec');
        const { manifest, errors } = await compile({ dir, engine: 'postgresql', relativeTo: dir });
        expect(errors).toEqual([]);
        expect(manifest.migrations.map(({ name }) => name)).toEqual([
          '000_create_migrations_table',
          '9_b',
          '10_c',
          '20250101000000_d',
          'R__a',
          'R__z',
        ]);
      },
    );
  });

  test('header, options and the words of the name', async () => {
    const { manifest } = await compileFiles({
      '1_add_users.sql':
        '-- Migration: Users\n-- Description: Who may come in\n-- Created: 2025-01-15\n-- migrate:up reapply:true\nselect 1;',
      '2_b.sql': '-- Migration: Users',
      '3_more-of_it.sql': '',
    });
    expect(manifest.migrations.slice(1)).toMatchObject([
      {
        description: 'Who may come in',
        created: '2025-01-15',
        reapply: true,
        version: '1',
        file: '1_add_users.sql',
        revertible: false,
      },
      { description: 'Users', created: null, reapply: false },
      { description: 'more of it', statements: 0, mode: 'atomic', names: [], destructive: null },
    ]);
  });

  test('a pair is one migration', async () => {
    const { manifest, bodies, errors } = await compileFiles({
      '1_a.up.sql': '-- migrate:up transaction:false\nselect 1;',
      '1_a.down.sql': 'select 2;\n',
      '2_b.up.sql': 'select 3',
    });
    expect(errors).toEqual([]);
    expect(manifest.migrations.slice(1)).toMatchObject([
      { name: '1_a', file: '1_a.up.sql', mode: 'stepwise', revertible: true },
      { name: '2_b', revertible: false },
    ]);
    expect(bodies.get('1_a')!.down!.content).toBe('select 2;\n');
  });

  test('files are named relative to the current folder', async () => {
    const { manifest } = await compile({ dir: 'sql/migrations', engine: 'postgresql' });
    expect(manifest.migrations.map(({ file }) => file)).toEqual([
      'sql/tracking/postgresql.sql',
      'sql/migrations/001_initial_schema.sql',
      'sql/migrations/002_create_users.sql',
      'sql/migrations/003_add_user_preferences.sql',
    ]);
  });

  test('the tracking tables come first, as one piece', async () => {
    const { manifest, bodies } = await compileFiles({});
    const [first] = manifest.migrations;
    expect(first).toMatchObject({
      name: '000_create_migrations_table',
      version: '000',
      statements: 1,
      mode: 'atomic',
      revertible: false,
      names: [],
      destructive: null,
    });
    const { up } = bodies.get(first!.name)!;
    expect(up.facts.pieces).toEqual([Buffer.byteLength(up.content)]);
    expect(first!.statementsChecksum).toBe(first!.checksum);
  });
});
