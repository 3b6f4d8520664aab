import { describe, expect, test } from 'vitest';
import { bench, compileFiles } from '../support/migrations.ts';

describe('large migrations', () => {
  test('a statement of 3 MB arrives byte for byte, in one call', async () => {
    const { up, value } = await bench();
    const text = `it''s :x $$ \\ é\u{1F600} `.repeat(140_000);
    const began = Date.now();
    const report = await up({ '0001_big': `create table big(t text);\ninsert into big values ('${text}');` });
    expect(report.outcome).toBe('applied');
    expect(Date.now() - began).toBeLessThan(15_000);
    expect(await value('select md5(t) = md5($1) from big', [text.replaceAll("''", "'")])).toBe(true);
    expect(
      await value(`select content = $1 from schema_migrations where name = '0001_big'`, [
        `create table big(t text);\ninsert into big values ('${text}');`,
      ]),
    ).toBe(true);
  });

  test('20,000 statements in one call', async () => {
    const { up, value } = await bench();
    const lines = Array.from({ length: 20_000 }, (_, n) => `insert into n values (${n});`);
    const report = await up({ '0001_many': `create table n(n int);\n${lines.join('\n')}` });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ outcome: 'applied', dataApiCalls: 5 });
    expect(await value('select count(*)::int from n')).toBe(20_000);
  });

  test('an error in the last of many statements: its number and line', async () => {
    const { up } = await bench();
    const lines = Array.from({ length: 5000 }, (_, n) => `select ${n};`);
    const report = await up({ '0001_many': `${lines.join('\n')}\nselect nope;` });
    expect(report.migrations[1]?.error).toMatchObject({ code: '42703', statement: 5001, line: 5001, column: 8 });
  });

  test('a SELECT of a million rows is read through a cursor, not held', async () => {
    const { up } = await bench();
    expect((await up({ '0001_rows': `select repeat('x', 200) from generate_series(1, 1000000);` })).outcome).toBe(
      'applied',
    );
  });

  test('of 20 MB: refused before anything is sent, with how to split it', async () => {
    const { errors } = await compileFiles({ '0001_huge': `insert into t values ('${'x'.repeat(20_000_000)}');` });
    expect(errors).toMatchObject([
      { code: 'too-large', remedy: expect.stringMatching(/Split it into \d+ migrations/) },
    ]);
  });

  test('the largest that is accepted is accepted by the service too', async () => {
    const { up, value } = await bench();
    // Quotes and line ends take two bytes in the request.
    let fill = 4_150_000;
    let sql = '';
    for (; ; fill -= 20_000) {
      sql = `create table big(t text);\ninsert into big values ('${'x'.repeat(fill)}');`;
      if ((await compileFiles({ '0001_big': sql })).errors.length === 0) break;
    }
    expect(fill).toBeGreaterThan(4_000_000);
    expect((await up({ '0001_big': sql })).outcome).toBe('applied');
    expect(await value('select length(t) from big')).toBe(fill);
  });
});
