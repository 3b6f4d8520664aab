import { describe, expect, test } from 'vitest';
import { compileFiles } from '../support/migrations.ts';
import { compileMysql } from '../support/mysql.ts';

const CREATE = 'CREATE TABLE keepme (id int);\n';
const DROP = 'DROP TABLE keepme;\n';

async function codesOf(text: string, name = '001_x'): Promise<string[]> {
  const { errors } = await compileFiles({ [name]: text, ...(name.endsWith('.down') && { '001_x.up': CREATE }) });
  return errors.map(({ code }) => code);
}

describe('a file of another tool', () => {
  test.each([
    ['goose', `-- +goose Up\n${CREATE}-- +goose Down\n${DROP}`],
    ['goose', `-- +goose Up\n-- +goose StatementBegin\n${CREATE}-- +goose StatementEnd\n`],
    ['goose', `-- +goose NO TRANSACTION\n${CREATE}`],
    ['sql-migrate', `-- +migrate Up\n${CREATE}-- +migrate Down\n${DROP}`],
    ['node-pg-migrate', `-- Up Migration\n${CREATE}-- Down Migration\n${DROP}`],
    ['tern', `${CREATE}---- create above / drop below ----\n${DROP}`],
    ['MyBatis', `-- //\n${CREATE}-- //@UNDO\n${DROP}`],
    ['rambler', `-- rambler up\n${CREATE}-- rambler down\n${DROP}`],
    ['Play', `# --- !Ups\n${CREATE}# --- !Downs\n${DROP}`],
    ['Play', `-- !Ups\n${CREATE}-- !Downs\n${DROP}`],
    ['Liquibase', `--liquibase formatted sql\n--changeset a:1\n${CREATE}`],
    ['graphile-migrate', `--! Previous: -\n--! Hash: sha1:${'a'.repeat(40)}\n${CREATE}`],
    ['Atlas', `-- atlas:txmode none\n${CREATE}`],
  ])('%s is refused with tool, line and what to do', async (tool, text) => {
    const { errors } = await compileFiles({ '001_x': text });
    expect(new Set(errors.map(({ code }) => code))).toEqual(new Set(['foreign-format']));
    expect(errors[0]!.message).toContain(`The file is written for ${tool}: "`);
    expect(errors[0]!.place?.line).toBeGreaterThan(0);
    expect(errors[0]!.remedy).not.toBe('');
  });

  test.each([
    ['what stands at the head alone', `-- +goose Up\n${CREATE}`],
    ['a left-over of pop', `-- +migrate Up\n${CREATE}`],
    ['a down half without statements', `${CREATE}-- +goose Down\n-- nothing\n`],
    ['a sentence', `${CREATE}-- Down migrations from 2.x to 1.x are not available.\n${DROP}`],
    ['the middle of a sentence', `${CREATE}-- down migration exists somewhere.\n${DROP}`],
    ['in a block comment', `/*\n-- +goose Down\n*/\n${CREATE}`],
    ['in a string', `${CREATE}SELECT '\n-- +goose Down\n';\n`],
    ['in a dollar quote', `SELECT $$\n-- +goose Down\n$$;\n${CREATE}`],
    ['behind a statement', `${CREATE.trim()} -- +goose Down\n${DROP}`],
    ['another word of Liquibase', `-- changeset notes: see below\n${CREATE}`],
    ['statement breakpoints of Drizzle', `${CREATE}--> statement-breakpoint\n${DROP}`],
  ])('%s is none', async (_, text) => {
    expect(await codesOf(text)).toEqual([]);
  });

  test('the head of a down file says what it is', async () => {
    expect(await codesOf(`-- Down Migration\n${DROP}`, '001_x.down')).toEqual([]);
  });

  test('our own directives in any case are ours', async () => {
    const { errors, bodies } = await compileFiles({ '001_x': `-- MIGRATE:UP\n${CREATE}-- MIGRATE:DOWN\n${DROP}` });
    expect(errors).toEqual([]);
    expect(bodies.get('001_x')?.down?.content).toContain(DROP);
  });

  test('MySQL: # begins a comment too', async () => {
    const { errors } = await compileMysql({ '001_x': `# --- !Ups\n${CREATE}# --- !Downs\n${DROP}` });
    expect(errors).toMatchObject([{ code: 'foreign-format', place: { line: 3 } }]);
  });
});

describe('what looks like a mistake is a warning', () => {
  test.each([
    ['possible-down-section', { '001_x': `${CREATE}-- rollback\n${DROP}` }],
    ['empty-migration', { '001_x': '-- later\n' }],
    ['short-version', { '20230101000000_a': 'create table a();', '20250625_b': 'create table b();' }],
    ['same-statements', { '001_a': 'insert into t values (1);', '002_b': 'insert into t values (1);' }],
  ])('%s', async (code, files) => {
    const { errors, warnings } = await compileFiles(files as Record<string, string>);
    expect(errors).toEqual([]);
    expect(warnings.map(one => one.code)).toEqual([code]);
  });

  test.each([
    ['a rollback that takes nothing away', { '001_x': `${CREATE}-- rollback\nSELECT 1;` }],
    [
      'a second time on purpose',
      { '001_a': 'insert into t values (1);', '002_b': '-- migrate:up again:001_a\ninsert into t values (1);' },
    ],
    ['the same repeatable statements', { '001_a': 'select 1;', '002_b': 'select 1;' }],
    ['sequences of any length', { '1_a': 'create table a();', '0010_b': 'create table b();' }],
  ])('not %s', async (_, files) => {
    expect(await compileFiles(files as Record<string, string>)).toMatchObject({ errors: [], warnings: [] });
  });

  test('a squash beside what it replaces is an error', async () => {
    const { errors } = await compileFiles({
      '001_a': CREATE,
      '003_all': `-- migrate:up replaces:001_a,002_b\n${CREATE}`,
    });
    expect(errors).toMatchObject([
      { code: 'replaced-present', message: '003_all replaces 001_a, which is still in this folder' },
    ]);
  });
});
