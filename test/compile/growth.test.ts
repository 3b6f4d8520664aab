import { expect, test, vi } from 'vitest';

/** What is handed to the parser, in characters. */
let parsed = 0;
vi.mock('@libpg-query/parser', async original => {
  const parser = await original<typeof import('@libpg-query/parser')>();
  return {
    ...parser,
    parseSync(sql: string) {
      parsed += sql.length;
      return parser.parseSync(sql);
    },
  };
});
// Another file of this process may have loaded it with the real parser.
vi.resetModules();
const { Lexer } = await import('../../lib/compile/postgresql/lexer.ts');
const { compileFiles } = await import('./folder.ts');

/** Work for a file of so many statements: characters parsed and tokens read. */
async function work(make: (n: number) => string, n: number): Promise<{ parsed: number; tokens: number }> {
  parsed = 0;
  const next = vi.spyOn(Lexer.prototype, 'next');
  await compileFiles({ '1_m.sql': make(n) });
  const tokens = next.mock.calls.length;
  next.mockRestore();
  return { parsed, tokens };
}

test.each([
  ['statements', (n: number) => "insert into t values (1, 'é');\n".repeat(n)],
  ['comments', (n: number) => `${'-- x\n'.repeat(n)}select 1;`],
  ['empty statements', (n: number) => `${';'.repeat(n)}select 1;`],
  [
    'functions',
    (n: number) => 'create function f() returns int language plpgsql as $$ begin return 1; end $$;\n'.repeat(n),
  ],
  ['mistakes', (n: number) => 'selec 1;\n'.repeat(n)],
  ['data of COPY', (n: number) => `copy t from stdin;\n${"1\tit's\n".repeat(n)}\\.\n`],
  ['COPY', (n: number) => "copy t from stdin;\nit's\n\\.\n".repeat(n)],
  ['nested comments', (n: number) => `${'/* '.repeat(n)}${'*/ '.repeat(n)}select 1;`],
])('twice the %s is twice the work', async (_, make) => {
  const [one, two] = [await work(make, 500), await work(make, 1000)];
  expect(two.parsed / one.parsed).toBeLessThan(2.05);
  expect(two.tokens / one.tokens).toBeLessThan(2.05);
});

test('each character is parsed once', async () => {
  const sql = 'select 1;\n'.repeat(100);
  expect((await work(() => sql, 1)).parsed).toBe(sql.length);
});
