import { expect, test } from 'vitest';
import { LONGEST_NAME } from '../../lib/core/name.ts';
import { LARGEST_REQUEST, requestBytes } from '../../lib/core/size.ts';
import { compileMysql, describeMysql, mysqlBench } from '../support/mysql.ts';

const NAME = `0001_${'n'.repeat(LONGEST_NAME - 5)}`;

/** So many bytes in statements of the longest kind, and the size of the request that applies it. */
async function filled(bytes: number) {
  const parts = Array.from({ length: Math.ceil(bytes / PART) }, (_, at) => Math.min(PART, bytes - at * PART));
  const inserts = parts.map(length => `insert into big values ('${'x'.repeat(length)}');`).join('\n');
  const sql = `create table big (t longtext);\n${inserts}\n-- migrate:down\ndrop table big;`;
  const { bodies, errors, manifest } = await compileMysql({ [NAME]: sql });
  const { up, down } = bodies.get(NAME)!;
  const { once, names } = manifest.migrations.at(-1)!;
  const facts = { ...up.facts, once, names, drops: [] };
  const request = { content: up.content, facts, revert: down!.content, revertFacts: down!.facts };
  return { sql, errors, size: requestBytes(request) };
}

const PART = 64_000;

describeMysql('the largest migration', () => {
  test('that is accepted is accepted by the service too, with all that its last checkpoint holds', async () => {
    const bench = await mysqlBench();
    const about = LARGEST_REQUEST - (await filled(1_000_000)).size + 1_000_000;
    const bytes = about + LARGEST_REQUEST - (await filled(about)).size;
    const { sql, errors, size } = await filled(bytes);
    expect([size, errors]).toEqual([LARGEST_REQUEST, []]);
    expect((await filled(bytes + 1)).errors).toMatchObject([{ code: 'too-large' }]);
    // As a deploy is asked for, at its longest.
    const stack = `arn:aws:cloudformation:us-gov-east-1:123456789012:stack/${'s'.repeat(128)}/${'u'.repeat(36)}`;
    const options = { hook: `${stack}/${'l'.repeat(255)}`, requestedBy: `${stack} ${'r'.repeat(255)}` };
    const report = await bench.up({ [NAME]: sql }, options);
    expect(report.migrations.map(({ error }) => error).filter(Boolean)).toEqual([]);
    expect(report.outcome).toBe('applied');
    expect(Number(await bench.value('select sum(length(t)) from big'))).toBe(bytes);
  });
});
