import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { template } from '../support/migrations.ts';
import { KINDS } from '../support/sweep.ts';
import { sweptPostgresql } from './postgresql.ts';
import { PATIENT, sweepAll } from './sweep.ts';

/** Each call that executes a migration takes a transaction of the Data API then: four calls. */
describe('PostgreSQL, where a statement_timeout is set', PATIENT, () => {
  let empty: { name: string; drop(): Promise<void> };
  beforeAll(async () => {
    empty = await template(async () => {});
  });
  afterAll(() => empty.drop());

  test('whatever happens to whichever call, in the end all is done once', async () => {
    const way = await sweptPostgresql(empty.name, { bounded: true });
    const swept = { ...way, name: 'PostgreSQL, a first run with a statement_timeout', faults: KINDS };
    expect(await sweepAll(swept)).toBeGreaterThan(500);
  });
});
