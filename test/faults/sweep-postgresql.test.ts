import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, template } from '../support/migrations.ts';
import { sweptPostgresql } from './postgresql.ts';
import { PATIENT, type Sweeping, sweepAll } from './sweep.ts';

describe('PostgreSQL: whatever happens to whichever call, in the end all is done once', PATIENT, () => {
  let way: Omit<Sweeping<Bench>, 'name' | 'few'>;
  let empty: { name: string; drop(): Promise<void> };
  beforeAll(async () => {
    empty = await template(async () => {});
    way = await sweptPostgresql(empty.name);
  });
  afterAll(() => empty.drop());

  test('a first run', async () => {
    expect(await sweepAll({ ...way, name: 'PostgreSQL, a first run', few: 10 })).toBeGreaterThan(500);
  });
});
