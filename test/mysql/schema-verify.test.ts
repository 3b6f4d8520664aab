import { expect, test } from 'vitest';
import { mysqlSchema } from '../../lib/engine/mysql/schema/index.ts';
import { leaveFingerprint } from '../../lib/runner/fingerprint.ts';
import { verify } from '../../lib/runner/verify.ts';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';

const files = {
  '001_users': 'CREATE TABLE users (id int PRIMARY KEY, name text);',
  '002_names': '-- migrate:up\nCREATE VIEW names AS SELECT name FROM users;\n-- migrate:down\nDROP VIEW names;',
};
const schema = mysqlSchema();
const check = async (bench: MysqlBench, folder: Record<string, string> = files) =>
  verify({ ...(await bench.runner(folder)), schema });

describeMysql('verify, on MySQL', () => {
  test('what a run and an undoing leave is no drift, what others do is', async () => {
    const bench = await mysqlBench();
    const before = (await bench.up(files)).dataApiCalls;
    expect(await check(bench)).toMatchObject({
      sound: true,
      drift: null,
      notes: [expect.stringContaining('No run has left')],
    });
    await bench.raw.query('DROP VIEW names; DROP TABLE users, schema_migrations, schema_migrations_lease');
    // The procedures are there already: two calls less than anew.
    const report = await bench.up(files, { schema });
    expect(report.outcome).toBe('applied');
    expect(report.dataApiCalls).toBeLessThanOrEqual(before + 2);
    expect(await check(bench)).toMatchObject({ sound: true, findings: [], notes: [], drift: false, dataApiCalls: 4 });

    const runner = await bench.runner(files);
    const { revert } = await import('../../lib/runner/index.ts');
    await revert({ ...runner, requestedBy: 'test', schema, what: { steps: 1 } });
    expect(await check(bench)).toMatchObject({
      drift: false,
      findings: [{ code: 'reverted', migration: '002_names' }],
    });
    await bench.up(files, { schema });

    await bench.raw.query(`ALTER TABLE users ADD COLUMN by_hand text; CREATE PROCEDURE by_hand() SELECT 1`);
    const { findings, drift, driftIn } = await check(bench);
    expect({ drift, driftIn }).toEqual({ drift: true, driftIn: ['procedure', 'table'] });
    expect(findings).toMatchObject([
      { code: 'drift', message: expect.stringContaining('procedure by_hand was added, table users was changed') },
    ]);
  });

  test('only the run of the lease writes a fingerprint down; tables of an earlier version have no place for one', async () => {
    const bench = await mysqlBench();
    const { runId } = await bench.up(files);
    const database = bench.client();
    await bench.raw.query(`UPDATE schema_migrations_lease SET run_id = '${runId}' WHERE id = 'lease'`);
    const ending = (run: string) => ({ runId: run, hook: null, requestId: null });
    const stored = () => bench.value("select schema_fingerprint from schema_migrations_lease where id = 'lease'");
    await schema.record(database, ending('another run'), null);
    expect(await stored()).toBeNull();
    // The lease is given back apart.
    expect(await schema.record(database, ending(runId), null)).toBe(false);
    expect(await stored()).toMatch(/table=/);
    await bench.raw.query(
      `UPDATE schema_migrations_lease SET schema_fingerprint = '1/80036 table=0123456789abcdef' WHERE id = 'lease'`,
    );
    expect(await check(bench)).toMatchObject({ drift: null, notes: [expect.stringContaining('another version')] });
    await bench.raw.query('ALTER TABLE schema_migrations_lease DROP COLUMN schema_fingerprint');
    expect(await leaveFingerprint({ database, schema }, ending(runId), { server: null, finished: true })).toMatchObject(
      {
        released: false,
        note: expect.stringMatching(/was not written down.*schema_fingerprint/),
      },
    );
    expect(await check(bench)).toMatchObject({ sound: true, drift: null });
  });

  test('finds views and foreign keys that do not do what they promise, with what mends them', async () => {
    const bench = await mysqlBench();
    await bench.up(files);
    await bench.raw.query(`CREATE TABLE \`ol\`\`d\` (id int PRIMARY KEY); CREATE VIEW \`v\`\`w\` AS SELECT id FROM \`ol\`\`d\`; DROP TABLE \`ol\`\`d\`;
      SET foreign_key_checks = 0; CREATE TABLE orders (id int, CONSTRAINT owner FOREIGN KEY (id) REFERENCES customers (id)); SET foreign_key_checks = 1;
      CREATE TABLE lax (id int, KEY unseen (id) INVISIBLE, CONSTRAINT unasked CHECK (id > 0) NOT ENFORCED)`);
    const { findings } = await check(bench);
    expect(findings).toEqual([
      {
        code: 'view-invalid',
        object: 'view `v``w`',
        message: 'The view `v``w` names what is not there: no query of it succeeds',
        remedy: 'Create what it names, or DROP VIEW `v``w`',
      },
      {
        code: 'parent-missing',
        object: 'foreign key orders.owner',
        message: 'The foreign key orders.owner refers to a table that is not there: no row can be written',
        remedy: 'Create the table `customers`, or ALTER TABLE `orders` DROP FOREIGN KEY `owner`',
      },
    ]);
    // It is so, and the remedies mend it.
    await expect(bench.raw.query('SELECT * FROM `v``w`')).rejects.toThrow('references invalid');
    await expect(bench.raw.query('INSERT INTO orders VALUES (1)')).rejects.toThrow();
    await bench.raw.query('DROP VIEW `v``w`; CREATE TABLE customers (id int PRIMARY KEY)');
    expect((await check(bench)).findings).toEqual([]);
  });

  test('finds pending, changed, failed and missing migrations', async () => {
    const bench = await mysqlBench();
    await bench.up({ ...files, '003_gone': 'CREATE TABLE gone (id int);' });
    const next = {
      ...files,
      '002_names': 'CREATE VIEW names AS SELECT id FROM users;',
      '004_fails': 'SELECT nowhere();',
      '005_new': 'SELECT 1;',
    };
    await bench.up({ ...files, '004_fails': next['004_fails'] });
    expect((await check(bench, next)).findings.map(({ code, migration }) => `${code} ${migration}`)).toEqual([
      'changed 002_names',
      'failed 004_fails',
      'pending 005_new',
      'missing 003_gone',
    ]);
  });
});
