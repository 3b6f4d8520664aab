import { describe, expect, test } from 'vitest';
import { MigrationError } from '../../lib/core/errors.ts';
import type { EngineName } from '../../lib/core/manifest.ts';
import { type Imported, readImport } from '../../lib/import/index.ts';
import { folder, inTemporaryFolder } from '../cli/run.ts';

inTemporaryFolder();

interface Options {
  readonly engine?: EngineName;
  readonly skip?: readonly string[];
  readonly values?: Readonly<Record<string, string>>;
}

function imported(tool: string, files: Readonly<Record<string, string | Buffer>>, options: Options = {}): Imported {
  folder('old', files);
  const { engine, skip = [], values = {} } = options;
  return readImport({ tool, source: 'old', engine, skip, values: new Map(Object.entries(values)) });
}

/** `code file:line message` of each problem. */
function refused(tool: string, files: Readonly<Record<string, string | Buffer>>, options: Options = {}): string[] {
  try {
    imported(tool, files, options);
    return [];
  } catch (error) {
    if (!(error instanceof MigrationError)) throw error;
    return error.problems.map(({ code, place, message }) =>
      [code, ...(place ? [`${place.file}:${place.line}`] : []), message].join(' '),
    );
  }
}

describe('what cannot be carried over is named by file and line', () => {
  test.each([
    [
      'goose',
      { '1_a.sql': '-- +goose Up\nSELECT 1;\n', '2_b.go': 'package a\n' },
      'old/2_b.go:1 The migration is code (.go)',
    ],
    ['flyway', { 'V1__a.sql': 'SELECT 1;\nSELECT ${who};\n' }, 'old/V1__a.sql:2 The placeholder ${who} has no value'],
    [
      'flyway',
      { 'V1__a.sql': '-- ${flyway:user}\nSELECT 1;\n' },
      'old/V1__a.sql:1 The template ${flyway:user} is more than a placeholder',
    ],
    [
      'flyway',
      { 'V1__a.sql': 'SELECT 1;\n', 'beforeMigrate.sql': 'SELECT 1;\n' },
      'old/beforeMigrate.sql:1 The file is a callback of Flyway, which runs beside the migrations',
    ],
    [
      'flyway',
      { 'V1__a.sql': 'SELECT 1;\n', 'V1__a.sql.conf': 'shouldExecute=1==2\n' },
      'old/V1__a.sql.conf:1 "shouldExecute" decides when the migration runs',
    ],
    [
      'flyway',
      { 'V1__a.sql': 'SELECT 1;\n', 'x/V1.0__b.sql': 'SELECT 1;\n' },
      'old/x/V1.0__b.sql:1 V1__a.sql has the same version, 1.0',
    ],
    [
      'golang-migrate',
      { '1_a.up.sql': 'COPY t FROM stdin;\n1\n\\.\n' },
      'old/1_a.up.sql:1 COPY … FROM stdin needs the data below it, which no tool can send',
    ],
    [
      'golang-migrate',
      { '1_a.up.sql': 'SELECT 1;\n\nCOMMIT;\nSELECT 2;\n' },
      'old/1_a.up.sql:3 COMMIT is not around the whole file',
    ],
    [
      'golang-migrate',
      { '1_a.up.sql': 'SELECT 1;\n', '01_b.up.sql': 'SELECT 2;\n' },
      'old/1_a.up.sql:1 01_b.up.sql has the same version, 1',
    ],
    ['dbmate', { '1_a.sql': 'SELECT 1;\n' }, 'old/1_a.sql:1 The file has no line "-- migrate:up"'],
    [
      'dbmate',
      { '1_a.sql': 'SELECT 0;\n-- migrate:up\nSELECT 1;\n' },
      'old/1_a.sql:1 Statements stand before "migrate:up"',
    ],
    [
      'dbmate',
      { '1_a.sql': '-- migrate:up\nSELECT 1;\n-- migrate:down\n-- migrate:up\nSELECT 2;\n' },
      'old/1_a.sql:4 A second "migrate:up": dbmate fails at the second part after it recorded the first',
    ],
    ['goose', { '1_a.sql': 'SELECT 1;\n' }, 'old/1_a.sql:1 The file has no line "-- +goose Up"'],
    [
      'goose',
      { '1_a.sql': 'SELECT 0;\n-- +goose Up\nSELECT 1;\n' },
      'old/1_a.sql:1 Statements stand before "+goose Up"',
    ],
    [
      'goose',
      { '1_a.sql': '-- +goose Up\n-- +goose ENVSUB ON\nSELECT $1;\n' },
      'old/1_a.sql:3 The template $1 is more than a placeholder',
    ],
    [
      'goose',
      { '1_a.sql': '-- +goose Up\n', '001_b.sql': '-- +goose Up\n' },
      'old/1_a.sql:1 001_b.sql has the same version, 1',
    ],
    ['sql-migrate', { '1_a.sql': 'SELECT 1;\n' }, 'old/1_a.sql:1 The file has no line "-- +migrate Up"'],
    ['rambler', { '1_a.sql': 'SELECT 1;\n' }, 'old/1_a.sql:1 The file has no line "-- rambler up"'],
    ['play', { '1.sql': 'SELECT 1;\n' }, 'old/1.sql:1 The file has no line "-- !Ups"'],
    ['diesel', { '1_a/down.sql': 'SELECT 1;\n' }, 'old/1_a/down.sql:1 The folder 1_a has no up.sql'],
    [
      'prisma',
      { '1_a/migration.sql': 'SELECT 1;\n', '2_b/notes.md': '' },
      'old/2_b/notes.md:1 The folder 2_b has no migration.sql',
    ],
    [
      'prisma',
      { '1_a/migration.sql': 'SELECT 1;\n', 'migration_lock.toml': 'provider = "sqlite"\n' },
      'old/migration_lock.toml:1 The migrations are written for sqlite, and the engine is postgresql',
    ],
    [
      'drizzle',
      { 'meta/_journal.json': '{"entries":[{"tag":"0000_a","when":1}]}' },
      'old/meta/_journal.json:1 The journal names "0000_a", and there is no file 0000_a.sql',
    ],
    [
      'drizzle',
      { 'meta/_journal.json': '{}' },
      'old/meta/_journal.json:1 The journal has no list "entries" with "tag" and "when"',
    ],
    ['pop', { '1_a.up.fizz': 'x\n', '2_b.up.sql': 'SELECT 1;\n' }, 'old/1_a.up.fizz:1 The migration is code (.fizz)'],
    [
      'rails',
      { 'structure.sql': 'SELECT 1;\n' },
      'old/structure.sql:1 The file names no version: it has no INSERT INTO schema_migrations',
    ],
    [
      'atlas',
      { '1_a.sql': '-- atlas:txtar\n\n-- migration.sql --\nSELECT 1;\n' },
      'old/1_a.sql:1 "atlas:txtar" makes the file more than SQL',
    ],
    [
      'graphile-migrate',
      { 'committed/000001.sql': '--! Previous: -\n\n--!include a.sql\n' },
      'old/committed/000001.sql:3 It includes a.sql, and there is no file fixtures/a.sql',
    ],
    [
      'tern',
      { '001_a.sql': 'SELECT 1;\n{{ template "x.sql" . }}\n' },
      'old/001_a.sql:2 The template {{ template "x.sql" . }} is more than a placeholder',
    ],
    [
      'db-migrate',
      { 'sqls/1-a-up.sql': 'SELECT 1;\n', '2-b.js': 'x\n' },
      'old/2-b.js:1 The migration is code, with no SQL file beside it',
    ],
    ['supabase', { '1_a b  c.sql': 'SELECT 1;\n' }, undefined],
    [
      'rambler',
      { '1_a  b.sql': '-- rambler up\nSELECT 1;\n' },
      'old/1_a  b.sql:1 The id "1_a  b.sql" cannot stand on the first line of a file',
    ],
  ] as const)('%s %j', (tool, files, expected) => {
    expect(refused(tool, files)).toEqual(expected === undefined ? [] : [`not-importable ${expected}`]);
  });

  test('a file that is not UTF-8', () => {
    const files = { '1_a.up.sql': Buffer.from("SELECT 1;\nSELECT 'M\xfcnchen';\n", 'latin1') };
    expect(refused('golang-migrate', files)).toEqual(['not-utf8 old/1_a.up.sql:2 The file is not UTF-8']);
  });

  test('BEGIN ATOMIC and bodies with BEGIN are no transactions', () => {
    const up = `CREATE FUNCTION a() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;
CREATE PROCEDURE b() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$;\n`;
    const [file] = imported('golang-migrate', { '1_a.up.sql': up }).files;
    expect(file!.text).toBe(`-- Source: golang-migrate 1\n\n${up}`);
  });

  test('all at once', () => {
    const files = { '1_a.sql': 'SELECT 1;\n', '2_b.go': '', '3_c.sql': '-- +goose Up\nCOMMIT;\n' };
    const places = refused('goose', files).map(line => line.split(' ')[1]);
    expect(places).toEqual(['old/1_a.sql:1', 'old/2_b.go:1', 'old/3_c.sql:2']);
  });
});

describe('of Liquibase', () => {
  const file = (text: string) => ({ 'a.sql': `--liquibase formatted sql\n${text}` });
  test.each([
    [
      '--changeset a:1 runAlways:true\nSELECT 1;\n',
      'old/a.sql:2 "runAlways:true" of a changeset cannot be carried over',
    ],
    ['--changeset a:1 context:test\nSELECT 1;\n', 'old/a.sql:2 Whether it runs depends on its contexts, test'],
    [
      '--changeset a:1\n--precondition-sql-check expectedResult:0 SELECT 1\nSELECT 1;\n',
      'old/a.sql:3 The changeset a:1 has a precondition',
    ],
    [
      '--changeset a:1\nSELECT 1;\n--rollback changesetId:x changesetAuthor:y\n',
      'old/a.sql:4 The rollback is that of another changeset',
    ],
    ['--changeset a:1\nSELECT ${who};\n', 'old/a.sql:3 The placeholder ${who} has no value'],
  ])('%j', (text, expected) => {
    expect(refused('liquibase', file(text)).map(line => line.toLowerCase())).toEqual([
      `not-importable ${expected}`.toLowerCase(),
    ]);
  });

  test('other forms of changelogs, and files that are none', () => {
    const files = { 'a.xml': '<databaseChangeLog/>', 'b.sql': 'SELECT 1;\n', ...file('--changeset a:1\nSELECT 1;\n') };
    expect(refused('liquibase', files)).toEqual([
      'not-importable old/a.xml:1 The changelog is not formatted SQL',
      'not-importable old/b.sql:1 The file does not begin with "--liquibase formatted sql"',
    ]);
  });

  test('a master changelog that holds more than files', () => {
    folder('old', {
      'master.xml': '<databaseChangeLog>\n<preConditions/>\n<include file="no.sql"/>\n</databaseChangeLog>',
    });
    const read = () =>
      readImport({ tool: 'liquibase', source: 'old/master.xml', engine: undefined, skip: [], values: new Map() });
    expect(read).toThrow('old/master.xml:2: "preConditions" in a master changelog cannot be imported');
    expect(read).toThrow('old/master.xml:3: It includes no.sql, which is not there');
  });
});

describe('--skip and --set', () => {
  const GOOSE = { '1_a.sql': '-- +goose Up\nSELECT 1;\n', '2_b.go': '', '3_c.go': '' };

  test('--skip names a path, a name, what a message shows, or a pattern', () => {
    for (const skip of [['2_b.go', 'old/3_c.go'], ['*.go'], ['./2_b.go', '3*']])
      expect(imported('goose', GOOSE, { skip }).skipped).toEqual(['2_b.go', '3_c.go']);
  });

  test('--set gives a value, and a file that is skipped needs none', () => {
    const files = { 'V1__a.sql': 'SELECT ${a};\n', 'V2__b.sql': 'SELECT ${b};\n' };
    const { files: written, skipped } = imported('flyway', files, { skip: ['V2__b.sql'], values: { a: "'x'" } });
    expect(written.map(({ text }) => text)).toEqual([expect.stringContaining("\nSELECT 'x';\n")]);
    expect(skipped).toEqual(['V2__b.sql']);
  });

  test('one that does nothing is a mistake', () => {
    const options = { skip: ['*.go', 'x.py'], values: { a: '1' } };
    expect(refused('goose', GOOSE, options)).toEqual(['unused-option Nothing in old is meant by --skip x.py, --set a']);
  });

  test('a changeset by its id, its conditions, its contexts', () => {
    const files = {
      'a.sql': `--liquibase formatted sql
--changeset a:1 context:test
SELECT 1;
--changeset a:2 context:!test
--preconditions onFail:HALT
SELECT 2;
--changeset a:3 runWith:psql
SELECT 3;
--changeset a:4 dbms:oracle
SELECT 4;
`,
    };
    const options = { skip: ['preconditions', 'a.sql//a//3'], values: { contexts: 'prod' } };
    const { files: written, leftOut, skipped } = imported('liquibase', files, options);
    expect(written.map(({ id, name }) => [id, name])).toEqual([['a.sql//a//2', '0001_a_2.sql']]);
    expect(leftOut.map(({ text }) => text)).toEqual([
      'a.sql//a//1 is for the contexts test',
      'a.sql//a//4 is for oracle',
    ]);
    expect(skipped).toEqual(['a.sql//a//3', 'preconditions']);
  });
});
