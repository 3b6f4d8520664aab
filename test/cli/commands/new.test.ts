import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createMigration, next } from '../../../lib/cli/commands/new.ts';
import { NOW } from '../fixtures.ts';
import { folder, inTemporaryFolder, run } from '../run.ts';

inTemporaryFolder();

describe('the next version, in the style of the folder', () => {
  test.each([
    [[], '001', false],
    [['README.md', 'first.sql'], '001', false],
    [['001_a.sql', '002_b.sql'], '003', false],
    [['1_a.sql', '2_b.sql'], '3', false],
    [['0001_a.sql', '0009_b.sql'], '0010', false],
    [['9_a.sql', '10_b.sql'], '11', false],
    [['999_a.sql'], '1000', false],
    [['001_a.sql', 'R__view.sql'], '002', false],
    [['001_a.up.sql', '001_a.down.sql'], '002', true],
    [['001_a.up.sql', '001_a.down.sql', '002_b.sql'], '003', false],
    [['20260314093000_a.sql'], '20261122120000', false],
    [['202603140930_a.sql'], '202611221200', false],
    [['1700000000_a.sql'], '1795348800', false],
    // A branch from the future, or a second one within the same second.
    [['20261122120000_a.sql'], '20261122120001', false],
    [['20991231000000_a.sql'], '20991231000001', false],
  ])('%j: %s', (files, version, pair) => {
    expect(next(files, NOW)).toEqual({ version, pair });
  });
});

/** What `check` prints about a new file: its statements are still missing. */
const emptyWarning = (file: string, name: string) => `${file}:1:1: warning: The migration has no statements. \
Write its statements, or delete the file.\n  1 │ -- Migration: ${name}\n    │ ^\n\n1 warning\n`;

describe('the file', () => {
  test('carries the header and both directives, and compiles', async () => {
    folder('db', { '001_a.sql': 'SELECT 1;\n' });
    const { code, stdout } = await run(['new', '  Add  users & Größen!', '--dir', 'db']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'db/002_add_users_grossen.sql\n' });
    expect(readFileSync('db/002_add_users_grossen.sql', 'utf8')).toMatch(
      /^-- Migration: Add users & Größen!\n-- Description: Add users & Größen!\n-- Created: \d{4}-\d\d-\d\d\n\n-- migrate:up\n\n\n-- migrate:down\n\n$/,
    );
    expect(await run(['check', '--dir', 'db'])).toMatchObject({
      code: 0,
      stdout: emptyWarning('db/002_add_users_grossen.sql', 'Add users & Größen!'),
    });
  });

  test('in a folder that is not there yet', () => {
    expect(createMigration({ dir: 'deep/er/sql', name: 'first', now: NOW })).toEqual(['deep/er/sql/001_first.sql']);
    expect(existsSync('deep/er/sql/001_first.sql')).toBe(true);
  });

  test('a pair of files where the newest is one', async () => {
    folder('pairs', { '1_a.up.sql': 'SELECT 1;\n', '1_a.down.sql': '' });
    const { stdout } = await run(['new', 'b', '--dir', 'pairs', '--json']);
    expect(JSON.parse(stdout)).toEqual({ files: ['pairs/2_b.up.sql', 'pairs/2_b.down.sql'] });
    expect(await run(['check', '--dir', 'pairs'])).toMatchObject({
      code: 0,
      stdout: emptyWarning('pairs/2_b.up.sql', 'b'),
    });
  });

  test('where none can be', async () => {
    folder('files', { sql: 'this is a file' });
    const { code, stderr } = await run(['new', 'x', '--dir', 'files/sql']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^No migration could be created in files\/sql: .+\. See that the folder can be written to/);
  });
});
