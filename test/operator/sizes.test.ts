import { describe, expect, test } from 'vitest';
import { checkSize, partOf } from '../../lambda/actions/pages.ts';
import { allPages } from '../../lib/cli/deployed/pages.ts';
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

  test('parts of two different answers are not put together', async () => {
    let nth = 0;
    const once = async () => ({ migrations: [], dataApiCalls: 1, next: 1, digest: String(nth++) });
    await expect(allPages('status', once)).rejects.toMatchObject({ code: 'changed-meanwhile' });
  });

  test('what cannot be parted is refused with a reason', () => {
    expect(() => checkSize('plan', { sql: 'x'.repeat(6_000_001) })).toThrow(/MB, more than the 6 that Lambda hands on/);
  });
});
