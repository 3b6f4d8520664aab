import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auroraMigrations } from '../../bench/contestants/aurora-migrations.ts';
import { auroraMigrationsHook } from '../../bench/contestants/aurora-migrations-hook.ts';
import type { Situation } from '../../bench/contestants/contestant.ts';
import { steps } from '../../bench/migrations.ts';
import { startCloudFormation } from '../../bench/service/cloudformation.ts';
import type { Target } from '../../bench/target.ts';
import { describeMysql, mysqlBench } from '../support/mysql.ts';
import { type FreshLocal, freshLocal } from '../support/postgresql.ts';

/** Data API calls are what a deploy costs, and no machine is too slow to count them: the part of the benchmark that is exact. */
describe('Data API calls of a run', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('nothing to do on a database that has been migrated: one', async () => {
    await using local = await freshLocal();
    await deploy(local, { applied: [], pending: steps(3, 2) });
    expect(await deploy(local, { applied: [], pending: steps(3, 2) })).toBe(1);
  });

  test.each([
    ['50 × 5', 50, 5],
    ['1 × 200', 1, 200],
    ['200 × 1', 200, 1],
  ])('%s pending: one a migration, and two', async (_, migrations, statements) => {
    await using local = await freshLocal();
    await deploy(local, { applied: [], pending: steps(1, 1) });
    expect(await deploy(local, { applied: steps(1, 1), pending: steps(migrations, statements, 2) })).toBe(
      migrations + 2,
    );
  });

  test('the first deploy: one more, for the tracking tables', async () => {
    await using local = await freshLocal();
    expect(await deploy(local, { applied: [], pending: steps(10, 5) })).toBe(10 + 4);
  });

  describe('with 500 applied', () => {
    const applied = steps(500, 1);
    let local: FreshLocal;

    beforeAll(async () => {
      local = await freshLocal();
      await deploy(local, { applied: [], pending: applied.slice(0, 1) });
      for (const sql of auroraMigrations.pretend(await written({ applied, pending: [] }), applied)) {
        await local.raw.query(sql);
      }
    });
    afterAll(() => local.stop());

    test('nothing to do: one', async () => {
      expect(await deploy(local, { applied, pending: [] })).toBe(1);
    });

    test('one pending: three', async () => {
      expect(await deploy(local, { applied, pending: steps(1, 5, 501) })).toBe(3);
    });
  });

  test('of the whole function of a deploy: one where there is nothing to do, else three more than the run', async () => {
    await using local = await freshLocal();
    await deploy(local, { applied: [], pending: steps(1, 1) }, 'postgresql', auroraMigrationsHook);
    const situation = { applied: steps(1, 1), pending: steps(3, 2, 2) };
    // The plan, the announcement, and the fingerprint, which gives the lease back in place of the last migration.
    expect(await deploy(local, situation, 'postgresql', auroraMigrationsHook)).toBe(3 + 2 + 3);
    expect(await deploy(local, situation, 'postgresql', auroraMigrationsHook)).toBe(1);
  });

  describeMysql('on MySQL', () => {
    test('nothing to do: one', async () => {
      const { local } = await mysqlBench();
      await deploy(local, { applied: [], pending: steps(3, 2) }, 'mysql');
      expect(await deploy(local, { applied: [], pending: steps(3, 2) }, 'mysql')).toBe(1);
    });

    test('50 × 5 pending: one a migration, and three', async () => {
      const { local } = await mysqlBench();
      await deploy(local, { applied: [], pending: steps(1, 1) }, 'mysql');
      expect(await deploy(local, { applied: steps(1, 1), pending: steps(50, 5, 2) }, 'mysql')).toBe(50 + 3);
    });

    test('of the whole function of a deploy: one, or five more than the run', async () => {
      const { local } = await mysqlBench();
      await deploy(local, { applied: [], pending: steps(1, 1) }, 'mysql', auroraMigrationsHook);
      const situation = { applied: steps(1, 1), pending: steps(3, 2, 2) };
      // The plan, the announcement, and three for the fingerprint.
      expect(await deploy(local, situation, 'mysql', auroraMigrationsHook)).toBe(3 + 3 + 5);
      expect(await deploy(local, situation, 'mysql', auroraMigrationsHook)).toBe(1);
    });
  });

  let made = 0;

  async function written(
    situation: Situation,
    engine: Target['engine'] = 'postgresql',
    contestant = auroraMigrations,
  ): Promise<string> {
    const own = join(folder, String(++made));
    mkdirSync(own);
    await contestant.prepare(own, situation, engine);
    return own;
  }

  /** Requests that arrived, counted where they arrive. */
  async function deploy(
    local: Pick<FreshLocal, 'log' | Exclude<keyof Target, 'engine' | 'cloudFormation'>>,
    situation: Situation,
    engine: Target['engine'] = 'postgresql',
    contestant = auroraMigrations,
  ): Promise<number> {
    const { endpoint, region, credentials, resourceArn, secretArn, database } = local;
    const cloudFormation = await startCloudFormation(0);
    const target: Target = { endpoint, cloudFormation, region, credentials, resourceArn, secretArn, database, engine };
    const own = await written(situation, engine, contestant);
    local.log.clear();
    await contestant.run(target, own);
    return local.log.entries.length;
  }
});
