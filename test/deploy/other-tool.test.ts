import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { BaselineFrom } from '../../lib/cdk/index.ts';
import { HALVES } from '../import/halves.ts';
import { FORMATS, importSample, SAMPLES } from '../import/samples.ts';
import { synthesize } from './assembly.ts';
import { useWorld } from './world.ts';

const TABLE = 'aurora_migrations';

/** A sample, and its files as a deploy has them. */
function sampleOf(source: string) {
  const sample = SAMPLES.find(one => one.source === source)!;
  const imported = importSample(sample).files;
  const files = Object.fromEntries(imported.map(({ name, text }) => [name, text]));
  const names = imported.map(({ name }) => name.replace(/\.sql$/, ''));
  const applied = HALVES[source]!.applied;
  return {
    files,
    applied,
    rest: names.filter(name => !applied.includes(name)),
    ups: applied.map(name => files[`${name}.sql`]!.split(/^-- migrate:down/m)[0]!),
    history: readFileSync(join(FORMATS, source.split('/')[0]!, 'history.sql'), 'utf8'),
  };
}

const deployed = (files: Readonly<Record<string, string>>, baseline: BaselineFrom) =>
  synthesize(files, { baseline, table: TABLE, manualActions: 'all' });

describe('a database that another tool has migrated', { timeout: 120_000 }, () => {
  const world = useWorld();

  test.each([
    ['goose', 'goose/migrations'],
    ['prisma', 'prisma/prisma/migrations'],
    ['dbmate', 'dbmate/db/migrations'],
  ] as const)('%s: the first deploy runs what that has not applied, the next one nothing', async (from, source) => {
    const { files, ups, history, applied, rest } = sampleOf(source);
    for (const sql of [...ups, history]) await world.local.raw.query(sql);
    // What the dump of the history sets.
    await world.local.raw.query('RESET ALL');
    const stack = world.stack();
    const assembly = deployed(files, { from });
    expect((await stack.create(assembly)).status).toBe('CREATE_COMPLETE');
    const attempts = [...applied.map(name => `${name} baselined`), ...rest.map(name => `${name} applied`)];
    expect((await world.attempts(TABLE)).toSorted()).toEqual(attempts.toSorted());
    const calls = world.local.log.entries.length;
    expect((await stack.update(deployed(files, { from }))).status).toBe('UPDATE_COMPLETE');
    expect(world.local.log.entries.length - calls, 'calls of the Data API').toBe(1);
  });

  test('each environment its own: where the database is empty, everything runs', async () => {
    const { files, applied, rest } = sampleOf('goose/migrations');
    expect((await world.stack().create(deployed(files, { from: 'goose' }))).status).toBe('CREATE_COMPLETE');
    const attempts = [...applied, ...rest].map(name => `${name} applied`);
    expect((await world.attempts(TABLE)).toSorted()).toEqual(attempts.toSorted());
  });

  test('a table that is not there fails the deploy where the database is not empty, and nothing is made', async () => {
    const { files } = sampleOf('goose/migrations');
    await world.local.raw.query('CREATE TABLE legacy (id int)');
    const { status, responses } = await world.stack().create(deployed(files, { from: 'goose' }));
    expect(status).toBe('ROLLBACK_COMPLETE');
    expect(responses[0]!.Reason).toContain('the table goose_db_version');
    expect(await world.tables()).toEqual(['legacy']);
  });

  test('by hand, with the table that a person names', async () => {
    const { files, ups, history, applied } = sampleOf('goose/migrations');
    const stack = world.stack();
    await world.local.raw.query('CREATE TABLE legacy (id int)');
    await stack.create(deployed(files, { from: 'goose' }), { laterFails: true });
    for (const sql of [...ups, history, 'ALTER TABLE goose_db_version RENAME TO versions'])
      await world.local.raw.query(sql);
    expect((await stack.hook.act({ action: 'plan' })).value).toMatchObject({
      problems: [{ code: 'other-table-missing' }],
    });
    const { value } = await stack.hook.act({ action: 'baseline', from: 'goose', fromTable: 'public.versions' });
    expect(value).toMatchObject({ outcome: 'baselined', baselined: applied });
    expect((await stack.hook.act({ action: 'baseline' })).value).toMatchObject({ errorType: 'bad-field' });
    expect((await stack.hook.act({ action: 'baseline', from: 'gose' })).value).toMatchObject({
      problems: [{ code: 'unknown-tool', remedy: 'Did you mean goose?' }],
    });
  });
});
