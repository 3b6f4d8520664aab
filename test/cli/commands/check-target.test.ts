import { beforeAll, describe, expect, test } from 'vitest';
import { type FreshDatabase, freshDatabase } from '../../support/postgresql.ts';
import { folder, inTemporaryFolder, run } from '../run.ts';

inTemporaryFolder();

const APPLIED = {
  '001_users.sql': 'CREATE TABLE users (id int, email text);\n',
  '002_index.sql': 'CREATE INDEX users_id ON users (id);\n',
};
const PENDING = {
  '003_index.sql': 'CREATE INDEX users_email ON users (email);\n',
  '004_new.sql': 'CREATE TABLE fresh (id int);\n',
  '005_index.sql': 'CREATE INDEX fresh_id ON fresh (id);\n',
};

describe('check and plan with a target', () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
    expect((await call('up', APPLIED)).code).toBe(0);
    return () => database.drop();
  });

  const call = (command: string, files: Readonly<Record<string, string>>, ...words: string[]) =>
    run([command, '--dir', folder('in', files), '--url', database.url, ...words]);
  const found = async (command: string, files: Readonly<Record<string, string>>, ...words: string[]) => {
    const { stdout } = await call(command, files, '--json', ...words);
    const { findings, warnings } = JSON.parse(stdout);
    return {
      findings: findings.map(({ rule, migration }: Record<string, string>) => `${migration} ${rule}`),
      warnings: (warnings ?? []).map(({ code, migration }: Record<string, string>) => `${migration} ${code}`),
    };
  };

  test('what is applied there is not judged, and a table of a pending migration is new', async () => {
    const all = await run(['check', '--dir', folder('in', { ...APPLIED, ...PENDING }), '--json']);
    expect(JSON.parse(all.stdout).findings).toHaveLength(3);
    for (const command of ['check', 'plan']) {
      expect((await found(command, { ...APPLIED, ...PENDING })).findings).toEqual([
        '003_index require-concurrent-index-creation',
      ]);
    }
    expect((await call('check', { ...APPLIED, ...PENDING }, '--strict')).code).toBe(1);
    expect((await call('check', APPLIED, '--strict')).code).toBe(0);
  });

  test('files and --since choose among those', async () => {
    const files = { ...APPLIED, ...PENDING, '006_drop.sql': 'DROP TABLE users;\n' };
    expect((await found('check', files, 'in/006_drop.sql')).findings).toEqual(['006_drop ban-drop-table']);
    expect((await found('check', files, 'in/002_index.sql')).findings).toEqual([]);
    expect((await found('check', files, '--since', '4')).findings).toEqual(['006_drop ban-drop-table']);
  });

  test('a comment is called unneeded only where its migration is judged', async () => {
    const unneeded = '-- migrate:allow ban-drop-table: why\n';
    const applied = { ...APPLIED, '002_index.sql': unneeded + APPLIED['002_index.sql'] };
    expect((await found('check', applied)).warnings).toEqual([]);
    const needed = '-- migrate:allow require-concurrent-index-creation: new\n';
    const files = {
      ...applied,
      ...PENDING,
      '003_index.sql': unneeded,
      '005_index.sql': needed + PENDING['005_index.sql'],
    };
    // That of 005 is needed where nobody knows what is pending.
    expect(await found('check', files)).toEqual({
      findings: [],
      warnings: ['003_index unneeded-allowance', '003_index empty-migration'].toSorted(),
    });
  });

  test('an applied migration that is edited and will run again is judged; its table is not new', async () => {
    const edited = { ...APPLIED, '002_index.sql': 'CREATE INDEX IF NOT EXISTS users_id ON users (id);\n-- 2\n' };
    expect(
      (await found('check', { ...edited, '002_index.sql': 'ALTER TABLE users ALTER id SET NOT NULL;\n' })).findings,
    ).toEqual([]);
    const again = {
      ...APPLIED,
      '002_index.sql': '-- migrate:up reapply:true\nALTER TABLE users ALTER id SET NOT NULL;\n',
    };
    expect((await found('check', again)).findings).toEqual(['002_index adding-not-nullable-field']);
  });

  test('plan: the findings stand under the steps, an allowed one in one line with its reason', async () => {
    const allowed = `-- migrate:allow require-concurrent-index-creation: a small table\n${PENDING['003_index.sql']}`;
    const { code, stdout } = await call('plan', {
      ...APPLIED,
      '003_index.sql': allowed,
      '006_drop.sql': 'DROP TABLE users;\n',
    });
    expect(code).toBe(0);
    expect(stdout).toContain('in/003_index.sql:2:1: allowed: Writes to users wait');
    expect(stdout.replace(/\s+/g, ' ')).toContain('[require-concurrent-index-creation]: a small table');
    expect(stdout).toMatch(/^in\/006_drop\.sql:1:1: caution: /m);
    expect(stdout).toMatch(/^"up" would apply 2, 1 caution \(1 Data API call\)$/m);
  });

  test('a folder with errors is not judged, and no database is asked', async () => {
    const files = folder('in', { '001_a.sql': 'COMMIT;\n' });
    const { code, stdout } = await run(['check', '--dir', files, '--url', 'postgres://nobody@127.0.0.1:1/x', '--json']);
    expect([code, JSON.parse(stdout)]).toMatchObject([1, { errors: [{ code: expect.any(String) }], findings: [] }]);
  });

  test('a URL in the environment is no target of check', async () => {
    folder('in', APPLIED);
    const env = { AURORA_MIGRATIONS_URL: database.url };
    expect((await run(['check', '--dir', 'in', '--strict'], { env })).code).toBe(1);
    expect((await run(['check', '--help'], { env })).stdout).not.toContain('AURORA_MIGRATIONS_URL');
  });

  test('--since with a version that no file has', async () => {
    const { code, stderr } = await run(['check', '--dir', folder('in', APPLIED), '--since', '42']);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining('There is no migration of version "42" in this folder'),
    ]);
  });
});
