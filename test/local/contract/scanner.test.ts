import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Contract, contract, refusal } from './target.ts';

describe('the :name scanner', () => {
  let api: Contract;
  beforeAll(async () => {
    api = await contract();
  });
  afterAll(() => api[Symbol.asyncDispose]());

  const x = { parameters: [{ name: 'x', value: { stringValue: 'X' } }] };

  test('finds a name wherever it stands, more than once', async () => {
    expect(await api.value('select :x || :x', x)).toEqual({ stringValue: 'XX' });
    expect(await api.value('select :x::varchar', x)).toEqual({ stringValue: 'X' });
  });

  test('leaves strings, identifiers, comments and casts alone', async () => {
    expect(await api.value("select 'a :x b' || 'it''s :x'")).toEqual({ stringValue: "a :x bit's :x" });
    expect((await api.execute('select 1 as "a:x"', { includeResultMetadata: true })).columnMetadata?.[0]?.label).toBe(
      'a:x',
    );
    expect(await api.value('select 1 -- :x\n')).toEqual({ longValue: 1 });
    expect(await api.value('select /* :x */ 1')).toEqual({ longValue: 1 });
    expect(await api.value("select '1'::int")).toEqual({ longValue: 1 });
  });

  test('corrupts dollar quotes in silence', async () => {
    expect(await api.value('select $$a :b c$$')).toEqual({ stringValue: 'a $1 c' });
    expect(await api.value('select $tag$:a, :b, :a$tag$')).toEqual({ stringValue: '$1, $2, $3' });
  });

  test('corrupts the body of a function', async () => {
    const name = api.table();
    await api.execute(`create function ${name}() returns text language sql as $$ select ':a' || $q$ :b$q$ $$`);
    expect(await api.value(`select ${name}()`)).toEqual({ stringValue: ':a $1' });
    await api.execute(`drop function ${name}()`);
  });

  test('takes digits for names', async () => {
    expect(await refusal(api.execute("select ('{1,2,3}'::int[])[1:2]"))).toMatch(
      /^DatabaseErrorException: ERROR: syntax error at or near "\$1"; Position: \d+; SQLState: 42601$/,
    );
    expect(await api.value("select (('{1,2,3}'::int[])[1 : 2])[2]")).toEqual({ longValue: 2 });
  });

  test('works without parameters, and lets $1 through', async () => {
    for (const sql of ['select :x', 'select $1']) {
      expect(await refusal(api.execute(sql))).toMatch(
        /^DatabaseErrorException: ERROR: bind message supplies 0 parameters, but prepared statement "sqlx_s_\d+" requires 1; SQLState: 08P01$/,
      );
    }
  });

  test('knows := from a name', async () => {
    await api.execute('do $$ declare a int; begin a := 1; end $$');
  });
});
