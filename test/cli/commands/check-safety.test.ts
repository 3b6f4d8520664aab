import { describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../run.ts';

inTemporaryFolder();

const BASE = { '001_users.sql': 'CREATE TABLE users (id int, email text);\n' };
const check = (...words: string[]) => run(['check', '--dir', 'in', ...words]);

describe('safety rules in check', () => {
  test('a finding names place, rule and the safe statement, and fails nothing by itself', async () => {
    folder('in', { ...BASE, '002_i.sql': 'CREATE INDEX users_email ON users (email);\n' });
    const { code, stdout: out } = await check();
    expect(code).toBe(0);
    expect(out).toContain('in/002_i.sql:1:1: danger: Writes to users wait while the index is built (SHARE lock).');
    expect(out).toContain('[require-concurrent-index-creation]');
    expect(out).toContain('    CREATE INDEX CONCURRENTLY users_email ON users USING btree (email);');
    expect(out).toMatch(/^1 danger$/m);
  });

  test('--strict fails on danger and caution, not on notes', async () => {
    folder('in', { ...BASE, '002_d.sql': 'ALTER TABLE users DROP COLUMN email;\n' });
    expect((await check('--strict')).code).toBe(1);
    folder('in', { ...BASE, '002_d.sql': 'CREATE TABLE t (at timestamp);\n' });
    const noted = await check('--strict', '--notes');
    expect([noted.code, noted.stdout]).toEqual([0, expect.stringContaining('[prefer-timestamp-tz]')]);
    expect((await check()).stdout).not.toContain('prefer-timestamp-tz');
  });

  test('--since and FILE choose what is judged; the rest still teaches the schema', async () => {
    const files = {
      ...BASE,
      '002_a.sql': 'CREATE INDEX a ON users (id);\n',
      '003_b.sql': 'ALTER TABLE users ALTER id TYPE bigint;\n',
    };
    folder('in', files);
    expect((await check('--since', '003')).stdout).toMatch(/003_b[\s\S]*int4 → int8/);
    expect((await check('--since', '003')).stdout).not.toContain('002_a');
    expect((await check('in/002_a.sql')).stdout).not.toContain('003_b');
    const strange = await check('in/nothing.sql');
    expect([strange.code, strange.stderr]).toEqual([
      1,
      expect.stringContaining('in/nothing.sql is no migration of this folder'),
    ]);
  });

  test('a comment with a reason lets one statement pass', async () => {
    folder('in', {
      ...BASE,
      '002_d.sql':
        '-- migrate:allow ban-drop-column: unused\nALTER TABLE users DROP COLUMN email;\nDROP TABLE users;\n',
    });
    const { stdout: out } = await check();
    expect(out).not.toContain('[ban-drop-column]');
    expect(out).toContain('[ban-drop-table]');
  });

  test('an unknown rule is an error with the nearest one, an unneeded comment a warning', async () => {
    folder('in', { ...BASE, '002_d.sql': '-- migrate:allow ban-drop-tabel: x\nDROP TABLE users;\n' });
    const unknown = await check();
    expect([unknown.code, unknown.stdout]).toEqual([
      1,
      expect.stringContaining('Unknown safety rule "ban-drop-tabel". Did you mean "ban-drop-table"?'),
    ]);
    folder('in', { ...BASE, '002_d.sql': '-- migrate:allow ban-drop-table: x\nCREATE TABLE t (id int);\n' });
    const unneeded = await check();
    expect([unneeded.code, unneeded.stdout]).toEqual([0, expect.stringContaining('lets nothing pass')]);
  });

  test('a name that PostgreSQL cuts', async () => {
    const name = 'a'.repeat(64);
    folder('in', { ...BASE, '002_l.sql': `CREATE TABLE ${name} (id int);\n` });
    expect((await check()).stdout).toContain(`in/002_l.sql:1:14: caution: PostgreSQL cuts ${name} after 63 bytes.`);
  });

  test('--json, GitHub annotations and SARIF say the same', async () => {
    folder('in', { ...BASE, '002_i.sql': 'CREATE INDEX i ON users (email);\n' });
    const { findings } = JSON.parse((await check('--json')).stdout);
    expect(findings).toMatchObject([
      { rule: 'require-concurrent-index-creation', severity: 'danger', place: { line: 1 } },
    ]);
    const annotation =
      '::error file=in/002_i.sql,line=1,col=1,title=require-concurrent-index-creation::Writes to users wait while the index is built (SHARE lock).%0A';
    expect((await check('--format', 'github')).stdout).toContain(annotation);
    expect((await run(['check', '--dir', 'in'], { env: { GITHUB_ACTIONS: 'true' } })).stdout).toContain(annotation);
    const log = JSON.parse((await check('--format', 'sarif')).stdout);
    expect(log.runs[0].results).toMatchObject([
      {
        ruleId: 'require-concurrent-index-creation',
        level: 'error',
        locations: [{ physicalLocation: { region: { startLine: 1 } } }],
      },
    ]);
    expect(log.runs[0].tool.driver.rules).toMatchObject([{ id: 'require-concurrent-index-creation' }]);
  });
});

describe('safety rules for MySQL in check', () => {
  const check = (...words: string[]) => run(['check', '--engine', 'mysql', '--dir', 'in', ...words]);
  const files = { ...BASE, '002_t.sql': 'ALTER TABLE users MODIFY `id` bigint, DROP COLUMN email;\n' };

  test('a finding names place, rule and the safe statement', async () => {
    folder('in', files);
    const { code, stdout: out } = await check();
    expect(code).toBe(0);
    expect(out).toContain(
      'in/002_t.sql:1:1: danger: int → bigint: writes to users wait while all its rows are copied.',
    );
    expect(out).toContain('    ALTER TABLE users ADD COLUMN new_id bigint, ALGORITHM=INSTANT;');
    expect(out).toMatch(/^1 danger, 2 cautions$/m);
  });

  test('comments let one pass, ours and those of squawk; ours begins with two dashes', async () => {
    folder('in', {
      ...BASE,
      '002_t.sql':
        '-- migrate:allow changing-column-type: a small table\nALTER TABLE users MODIFY id bigint;\n' +
        '/* squawk-ignore ban-drop-column */ ALTER TABLE users DROP COLUMN email;\n# migrate:allow ban-drop-table: no\nDROP TABLE users;\n',
    });
    expect((await check('--strict')).stdout).toMatch(/\[ban-drop-table\][\s\S]*^1 caution$/m);
    folder('in', {
      ...BASE,
      '002_t.sql': '-- migrate:allow require-concurrent-index-creation: x\nDROP TABLE users;\n',
    });
    expect((await check()).stdout).toContain('Unknown safety rule "require-concurrent-index-creation"');
  });

  test('notes are shown where they are asked for', async () => {
    folder('in', BASE);
    expect((await check()).stdout).not.toContain('missing-primary-key');
    expect((await check('--notes')).stdout).toContain('[missing-primary-key]');
  });

  test('--json, GitHub annotations and SARIF say the same, SARIF with the rule of this engine alone', async () => {
    folder('in', { ...BASE, '002_t.sql': 'ALTER TABLE users MODIFY id bigint;\n' });
    const { engine, findings } = JSON.parse((await check('--json')).stdout);
    expect([engine, findings]).toMatchObject(['mysql', [{ rule: 'changing-column-type', severity: 'danger' }]]);
    expect((await check('--format', 'github')).stdout).toContain(
      '::error file=in/002_t.sql,line=1,col=1,title=changing-column-type::int → bigint: writes to users wait',
    );
    const [{ tool }] = JSON.parse((await check('--format', 'sarif')).stdout).runs;
    expect(tool.driver.rules).toMatchObject([
      { id: 'changing-column-type', shortDescription: { text: 'A change of type copies the table' } },
    ]);
  });
});
