import { describe, expect, test } from 'vitest';
import type { EngineName } from '../../lib/core/manifest.ts';
import { readImport } from '../../lib/import/index.ts';
import { folder, inTemporaryFolder } from '../cli/run.ts';

inTemporaryFolder();

/** The texts of the files without their first line, by their names. */
function texts(tool: string, files: Readonly<Record<string, string>>, source = 'old', engine?: EngineName) {
  folder('old', files);
  const imported = readImport({ tool, source, engine, skip: [], values: new Map() });
  return Object.fromEntries(imported.files.map(({ name, text }) => [name, text.replace(/^.*\n\n?/, '')]));
}

describe('odd cases', () => {
  test('Atlas: a delimiter that is no comment becomes a semicolon', () => {
    const text = '-- atlas:delimiter \\nGO\n\nSELECT 1\nGO\nSELECT 2;\nGO\n';
    expect(texts('atlas', { '1_a.sql': text, 'atlas.sum': '' })).toEqual({ '1_a.sql': 'SELECT 1;\n\nSELECT 2;\n' });
  });

  test('Atlas: a comment without an empty line below it belongs to the statement', () => {
    const text = '-- atlas:txmode none\nSELECT 1;\n';
    expect(texts('atlas', { '1_a.sql': text })).toEqual({ '1_a.sql': text });
  });

  test('node-pg-migrate: a sentence that begins with the words is a marker there', () => {
    const text = 'SELECT 1;\n-- Down migrations are possible\nSELECT 2;\n';
    expect(texts('node-pg-migrate', { '1_a.sql': text })).toEqual({
      '1_a.sql': '-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 2;\n',
    });
  });

  test('node-pg-migrate: 17 digits are a time, and stand between milliseconds', () => {
    const files = {
      '20240103120000000_b.sql': 'SELECT 2;\n',
      '1704196800000_a.sql': 'SELECT 1;\n',
      '1704369600000_c.sql': 'SELECT 3;\n',
    };
    expect(Object.keys(texts('node-pg-migrate', files))).toEqual([
      '1704196800000_a.sql',
      '1704283200000_b.sql',
      '1704369600000_c.sql',
    ]);
  });

  test('rambler: sections of down run in the reverse order, and what stands before a marker never ran', () => {
    const text =
      'SELECT 0;\n-- rambler up\nSELECT 1;\n-- rambler down\nSELECT 4;\n-- rambler up\nSELECT 2;\n-- rambler down\nSELECT 3;\n';
    expect(texts('rambler', { 'a.sql': text })).toEqual({
      '0001_a.sql': '-- migrate:up\nSELECT 1;\nSELECT 2;\n\n-- migrate:down\nSELECT 3;\nSELECT 4;\n',
    });
  });

  test('golang-migrate: an empty down file is a way back that does nothing; an empty up file says so', () => {
    expect(texts('golang-migrate', { '1_a.up.sql': '', '1_a.down.sql': '' })['1_a.sql']).toBe(
      '-- migrate:up\n-- Nothing to do: the file of the other tool was empty.\n\n-- migrate:down\n-- Nothing to do: the file of the other tool was empty.\n',
    );
    expect(texts('diesel', { '1_a/up.sql': 'SELECT 1;\n', '1_a/down.sql': '-- nothing\n' })).toEqual({
      '1_a.sql': 'SELECT 1;\n',
    });
  });

  test('a comment that is a directive of ours and was none there loses its colon', () => {
    const text = "-- migrate:down is not possible\nSELECT '-- migrate:up';\n";
    expect(texts('flyway', { 'V1__a.sql': text })['1_a.sql']).toBe(
      "-- migrate down is not possible\nSELECT '-- migrate:up';\n",
    );
  });

  test('statements that run in no transaction beside others', () => {
    const text = 'SELECT 1;\nCREATE INDEX CONCURRENTLY a ON b (c);\n';
    expect(texts('golang-migrate', { '1_a.up.sql': text })['1_a.sql']).toBe(`-- migrate:up transaction:false\n${text}`);
  });

  test('diesel: a metadata.toml without the key means no transaction', () => {
    const files = { '1_a/up.sql': 'SELECT 1;\n', '1_a/metadata.toml': '' };
    expect(texts('diesel', files)['1_a.sql']).toBe('-- migrate:up transaction:false\nSELECT 1;\n');
  });

  test.each([
    [
      'master.xml',
      '<databaseChangeLog>\n<property name="n" value="1"/>\n<include file="db/b.sql"/>\n<includeAll path="c"/></databaseChangeLog>',
    ],
    [
      'master.yaml',
      'databaseChangeLog:\n  - property:\n      name: n\n      value: 1\n  - include:\n      file: db/b.sql\n  - includeAll:\n      path: c\n',
    ],
    [
      'master.json',
      '{"databaseChangeLog":[{"property":{"name":"n","value":"1"}},{"include":{"file":"db/b.sql"}},{"includeAll":{"path":"c"}}]}',
    ],
  ])('Liquibase: the order is that of %s', (master, text) => {
    const file = (key: string, sql: string) =>
      `--liquibase formatted sql\n--changeset x:${key} endDelimiter:/\n${sql}\n`;
    const files = { [master]: text, 'b.sql': file('b', 'SELECT ${n}/'), 'c/a.sql': file('a', 'SELECT 2\n/') };
    expect(texts('liquibase', files, `old/${master}`)).toEqual({
      '0001_x_b.sql': 'SELECT 1;\n',
      '0002_x_a.sql': 'SELECT 2\n;\n',
    });
  });

  test('Rails on MySQL', () => {
    const text = `/*!40101 SET NAMES utf8 */;
CREATE TABLE \`users\` (\`id\` int);
DROP TABLE IF EXISTS \`schema_migrations\`;
CREATE TABLE \`schema_migrations\` (\`version\` varchar(255) NOT NULL);
INSERT INTO \`schema_migrations\` (version) VALUES
('20240102'),
('20240101');
`;
    folder('old', { 'structure.sql': text });
    const { files } = readImport({ tool: 'rails', source: 'old', engine: 'mysql', skip: [], values: new Map() });
    expect(files[0]!.text).toBe(
      '-- Source: rails 20240102  20240101\n\n/*!40101 SET NAMES utf8 */;\nCREATE TABLE `users` (`id` int);\n',
    );
  });
});
