import { describe, expect, test } from 'vitest';
import { sources } from './source.ts';

/** Ways to a superuser: the URLs of the shared servers, and the option of the local Data API. */
const SUPERUSER = /inject\('(postgresUrl|mysqlUrl)'\)|(?<!type |')\bmysqlUrl\b|\basSuperuser\(|\bsuperuser: true\b/;
const IMPORTED = /^import\b|^ {2}\w+,$/;
const SAID = /\/[/*].*\b(superuser|root)\b/i;

/** Lines that reach a superuser and do not say why, in a comment on the same line or above. */
function unexplained(text: string): string[] {
  const lines = text.split('\n');
  return lines.filter(
    (line, at) => SUPERUSER.test(line) && !IMPORTED.test(line) && !SAID.test(line) && !SAID.test(lines[at - 1] ?? ''),
  );
}

const tests = sources('test').filter(({ path }) => !/^test\/(support|house)\//.test(path));

describe('tests connect as the users of Aurora do', () => {
  test('what connects as superuser says why', () => {
    const found = tests.flatMap(({ path, text }) => unexplained(text).map(line => `${path}: ${line.trim()}`));
    expect(found).toEqual([]);
    expect(tests.length).toBeGreaterThan(100);
  });

  test('a reason is one', () => {
    const reasons = tests.flatMap(({ text }) =>
      [...text.matchAll(/\bsuperuser: (['"`])(.*?)\1/g)].map(([, , why]) => why!),
    );
    expect(reasons.filter(why => why.split(' ').length < 4)).toEqual([]);
    expect(reasons.length).toBeGreaterThan(2);
  });

  test.each([
    ["const local = await startLocal({ url: inject('postgresUrl') });", 1],
    ["// The superuser, because it makes a role.\nconst admin = new pg.Client(inject('postgresUrl'));", 0],
    ['startLocal({ embedded: { directory }, superuser: true });', 1],
    ['const url = new URL(mysqlUrl);', 1],
    ["import { mysqlUrl } from '../support/mysql.ts';", 0],
    ["const bench = await mysqlBench({ superuser: 'LOAD DATA INFILE takes FILE' });", 0],
  ])('%s', (text, count) => {
    expect(unexplained(text)).toHaveLength(count);
  });
});
