import { symlinkSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../run.ts';

inTemporaryFolder();

test('a thousand equal errors print one, with their number; JSON has them all', async () => {
  folder('many', { '001_a.sql': 'COPY a FROM stdin;\n\\.\n'.repeat(1000) });
  const { code, stdout } = await run(['check', '-d', 'many']);
  expect(code).toBe(1);
  expect(stdout.match(/COPY … FROM stdin/g)).toHaveLength(1);
  expect(stdout).toMatch(/^ {2}and 999 times more \(many\/001_a\.sql:3:1, many\/001_a\.sql:5:1, .*, …\)$/m);
  expect(stdout).toMatch(/^1000 errors$/m);
  expect(JSON.parse((await run(['check', '-d', 'many', '--json'])).stdout).errors).toHaveLength(1000);
});

describe('bad input, with its message', () => {
  test.each<[string, Record<string, string | Buffer>, RegExp]>([
    [
      'duplicate version',
      { '001_a.sql': '', '001_b.sql': '' },
      /^in\/001_b\.sql:1: Version 001 is taken by in\/001_a\.sql\. Renumber one of the two and change nothing else in it: `git mv in\/001_b\.sql in\/002_b\.sql`\. Keep/m,
    ],
    [
      'bad name',
      { 'first.sql': '' },
      /^in\/first\.sql:1: The name of the file fits no rule\. Name it NNN_description\.sql/m,
    ],
    [
      'unknown directive',
      { '001_a.sql': '-- migrate:upp\n' },
      /^in\/001_a\.sql:1:\d+: Unknown directive "migrate:upp"\. Write -- migrate:up or -- migrate:down/m,
    ],
    [
      'unknown option of a directive',
      { '001_a.sql': '-- migrate:up trans:false\n' },
      /^in\/001_a\.sql:1:\d+: Unknown option "trans:false"/m,
    ],
    [
      'unterminated quote',
      { '001_a.sql': "SELECT 1;\nSELECT 'it;\n" },
      /^in\/001_a\.sql:2:8: unterminated quoted string/m,
    ],
    [
      'unterminated $$',
      { '001_a.sql': 'SELECT 1;\nDO $$ BEGIN\n' },
      /^in\/001_a\.sql:2:4: unterminated dollar-quoted string/m,
    ],
    ['empty folder', {}, /^Folder in holds no \.sql file\. /m],
    [
      'not UTF-8',
      { '001_a.sql': Buffer.from([0x53, 0xff]) },
      /^in\/001_a\.sql:1: The file is not UTF-8: byte 2 .*\. Save the file as UTF-8\.$/m,
    ],
    [
      'stray COMMIT',
      { '001_a.sql': 'SELECT 1;\nCOMMIT;\nSELECT 2;\n' },
      /^in\/001_a\.sql:2:1: COMMIT in a migration\. Take it out/m,
    ],
    [
      'COPY FROM stdin',
      { '001_a.sql': 'COPY a FROM stdin;\n1\n\\.\n' },
      /^in\/001_a\.sql:1:1: COPY … FROM stdin .*INSERT/m,
    ],
    [
      'mixed CONCURRENTLY',
      { '001_a.sql': 'CREATE TABLE a (id int);\nCREATE INDEX CONCURRENTLY i ON a (id);\n' },
      /^in\/001_a\.sql:2:1: CREATE INDEX CONCURRENTLY cannot run in a transaction.*transaction:false/m,
    ],
  ])('%s', async (_, files, message) => {
    folder('in', files);
    const { code, stdout } = await run(['check', '--dir', 'in']);
    expect(stdout).toMatch(message);
    expect(stdout).toMatch(/^\d+ errors?\b.*\n$/m);
    expect(code).toBe(1);
  });

  test('a file that cannot be read', async () => {
    folder('in', {});
    symlinkSync('nowhere', 'in/001_a.sql');
    const { code, stdout } = await run(['check', '--dir', 'in']);
    expect(stdout).toMatch(/^in\/001_a\.sql:1: .*(read|ENOENT).*/m);
    expect(code).toBe(1);
  });

  test('a folder that is not there', async () => {
    const { code, stderr } = await run(['check', '--dir', 'nowhere']);
    expect(stderr).toMatch(/^There is no folder nowhere\. /);
    expect(code).toBe(1);
  });
});

test('every problem at once, each with its line and a caret, then the count', async () => {
  folder('in', { '001_a.sql': 'SELECT 1;\n  COMMIT;\nSELECT 2;\n', '002_b.sql': "SELECT 'x;\n" });
  const { stdout } = await run(['check', '--dir', 'in'], { columns: 80, env: { NO_COLOR: '1' } });
  expect(stdout).toContain('  2 │   COMMIT;\n    │   ^\n');
  expect(stdout).toContain("  1 │ SELECT 'x;\n    │        ^\n");
  expect(stdout).toMatch(/\n2 errors\n$/);
});

test('as JSON', async () => {
  folder('in', { '001_a.sql': 'SELECT 1;\nCOMMIT;\nSELECT 2;\n' });
  const { code, stdout } = await run(['check', '--dir', 'in', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    errors: [
      {
        place: { file: 'in/001_a.sql', line: 2, column: 1, text: 'COMMIT;' },
        message: expect.any(String),
        remedy: expect.any(String),
      },
    ],
    warnings: [],
  });
});

test.each(['up', 'plan', 'status'])('%s stops at such a folder, before any database is asked for', async command => {
  folder('in', { '001_a.sql': 'COMMIT;\n' });
  const { code, stdout, stderr } = await run([command, '--dir', 'in', '--url', 'postgres://nobody@127.0.0.1:1/x']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^in\/001_a\.sql:1:1: COMMIT in a migration/);
});

test('a sound folder', async () => {
  folder('in', { '001_a.sql': 'SELECT 1;\n' });
  expect(await run(['check', '--dir', 'in'])).toEqual({ code: 0, stdout: '✓ 1 migration, no problems\n', stderr: '' });
});
