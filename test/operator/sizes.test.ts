import { describe, expect, test } from 'vitest';
import type { ActionOptions } from '../../lambda/actions/action.ts';
import { checkSize, partOf } from '../../lambda/actions/pages.ts';
import read from '../../lambda/actions/read.ts';
import type { Environment } from '../../lambda/environment.ts';
import { allPages } from '../../lib/cli/deployed/pages.ts';
import type { Database } from '../../lib/core/database.ts';
import type { Engine } from '../../lib/engine/engine.ts';
import { bench } from '../support/migrations.ts';

describe('an answer and Lambda’s 6 MB', () => {
  test('status of 5,000 migrations is less than half of it', async () => {
    const { status } = await bench();
    const files = Object.fromEntries(
      Array.from({ length: 5000 }, (_, n) => [
        `${String(n + 1).padStart(4, '0')}_a_migration_with_a_name_of_usual_length`,
        'select 1;',
      ]),
    );
    const answer = await status(files);
    expect(answer.migrations).toHaveLength(5001);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(3_000_000);
    expect(partOf(answer.migrations, 0)).toEqual({ part: answer.migrations });
  });

  test('what is longer comes in parts, and the command line puts them together', async () => {
    const migrations = Array.from({ length: 30_000 }, (_, n) => ({ name: `${n}`, text: 'x'.repeat(400) }));
    const asked: object[] = [];
    const whole = await allPages('status', async more => {
      asked.push(more);
      const { part, ...rest } = partOf(migrations, (more as { from?: number }).from ?? 0);
      const answer = { counts: {}, migrations: part, dataApiCalls: 1, ...rest };
      checkSize('status', answer);
      return answer;
    });
    expect(whole).toEqual({ counts: {}, migrations, dataApiCalls: asked.length });
    expect(asked.length).toBeGreaterThan(2);
  });

  test('so does what is read for a plan: its text is one JSON again', async () => {
    const value = Array.from({ length: 40_000 }, (_, n) => ({ name: `${n}_\u{1f600}`, at: n, text: 'x'.repeat(200) }));
    const asked: object[] = [];
    const engine = { name: 'postgresql', store: { readUnfinished: async () => value } } as unknown as Engine;
    const options = { engine, database: { calls: 1 } as Database, environment: {} as Environment } as ActionOptions;
    const answer = await allPages('read', async more => {
      asked.push(more);
      const part = await read.run(options, { of: 'readUnfinished', ...more });
      checkSize('read', part);
      return JSON.parse(JSON.stringify(part));
    });
    const { text, dataApiCalls } = answer as { text: string; dataApiCalls: number };
    expect(JSON.parse(text)).toEqual({ value, told: { engine: 'postgresql' } });
    expect(dataApiCalls).toBe(asked.length);
    expect(asked.length).toBeGreaterThan(1);
  });

  test('parts of two different answers are not put together', async () => {
    let nth = 0;
    const once = async () => ({ migrations: [], dataApiCalls: 1, next: 1, digest: String(nth++) });
    await expect(allPages('status', once)).rejects.toMatchObject({ code: 'changed-meanwhile' });
  });

  test('what cannot be parted is refused with a reason', () => {
    expect(() => checkSize('plan', { sql: 'x'.repeat(6_000_001) })).toThrow(/MB, more than the 6 that Lambda hands on/);
  });
});
