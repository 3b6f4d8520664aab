import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { template } from '../support/migrations.ts';
import { sweptPostgresql } from './postgresql.ts';
import { PATIENT, sweepAll } from './sweep.ts';

describe('PostgreSQL: whatever happens to whichever call, in the end all is done once', PATIENT, () => {
  let empty: { name: string; drop(): Promise<void> };
  beforeAll(async () => {
    empty = await template(async () => {});
  });
  afterAll(() => empty.drop());

  test('a first run', async () => {
    const way = await sweptPostgresql(empty.name);
    expect(await sweepAll({ ...way, name: 'PostgreSQL, a first run' })).toBeGreaterThan(500);
  });
});
