import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, template } from '../support/migrations.ts';
import { KINDS } from '../support/sweep.ts';
import { sweptPostgresql } from './postgresql.ts';
import { PATIENT, type Sweeping, sweepAll } from './sweep.ts';

describe('PostgreSQL: whatever happens to whichever call, in the end all is done once', PATIENT, () => {
  let way: Omit<Sweeping<Bench>, 'name' | 'few'>;
  let bounded: typeof way;
  let empty: { name: string; drop(): Promise<void> };
  beforeAll(async () => {
    empty = await template(async () => {});
    way = await sweptPostgresql(empty.name);
    bounded = await sweptPostgresql(empty.name, { bounded: true });
  });
  afterAll(() => empty.drop());

  test('a first run', async () => {
    expect(await sweepAll({ ...way, name: 'PostgreSQL, a first run', few: 10 })).toBeGreaterThan(500);
  });

  test('a first run, where a statement_timeout is set', async () => {
    const swept = { ...bounded, name: 'PostgreSQL, a first run with a statement_timeout', few: 8, faults: KINDS };
    expect(await sweepAll(swept)).toBeGreaterThan(500);
  });
});
