import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compile } from '../../lib/compile/index.ts';
import type { EngineName } from '../../lib/core/manifest.ts';
import { Lexer as MysqlLexer } from '../../lib/engine/mysql/statement/lexer.ts';
import { readImport } from '../../lib/import/index.ts';
import { tokensOf as postgresqlTokens } from './samples.ts';

/** Real migrations of a real application: https://github.com/authelia/authelia/tree/master/internal/storage/migrations */
const AUTHELIA = join(import.meta.dirname, '../../../shared/corpora/authelia');
const there = existsSync(AUTHELIA);

describe.skipIf(there)('real migrations are not imported', () => {
  test(`because there is no folder ${AUTHELIA}: put the migrations of Authelia there`, () => undefined);
});

const work = mkdtempSync(join(tmpdir(), 'import-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

function mysqlTokens(text: string): string[] {
  const lexer = new MysqlLexer(text);
  const tokens: string[] = [];
  for (let token = lexer.next(); token; token = lexer.next())
    if (!/comment/.test(token.kind)) tokens.push(text.slice(token.start, token.end));
  return tokens;
}

const TOKENS = { postgresql: postgresqlTokens, mysql: mysqlTokens };

/** The files that each tool has of one migration. */
type Form = (migration: {
  nth: number;
  version: string;
  name: string;
  up: string;
  down: string;
}) => Record<string, string>;

const FORMS: Readonly<Record<string, Form>> = {
  // Each third with what its users write around bodies, each third outside of a transaction.
  goose: ({ nth, version, name, up, down }) => {
    const [begin, end] = nth % 3 === 1 ? ['-- +goose StatementBegin\n', '-- +goose StatementEnd\n'] : ['', ''];
    const head = nth % 3 === 2 ? '-- +goose NO TRANSACTION\n' : '';
    return { [`${version}_${name}.sql`]: `${head}-- +goose Up\n${begin}${up}\n${end}\n-- +goose Down\n${down}\n` };
  },
  prisma: ({ version, name, up, down }) => ({
    [`2024${version.padStart(10, '0')}_${name}/migration.sql`]: up,
    [`2024${version.padStart(10, '0')}_${name}/down.sql`]: down,
  }),
  // Versions as 1.1, 1.2, …, 1.10: by their parts.
  flyway: ({ nth, name, up, down }) => ({ [`V1.${nth + 1}__${name}.sql`]: up, [`U1.${nth + 1}__${name}.sql`]: down }),
};

interface Written {
  readonly source: string;
  readonly migrations: readonly { readonly name: string; readonly up: string; readonly down: string }[];
}

function write(tool: string, engine: EngineName): Written {
  const from = join(AUTHELIA, engine);
  const source = join(work, `${tool}-${engine}`);
  const read = (file: string) => (existsSync(join(from, file)) ? readFileSync(join(from, file), 'utf8') : '');
  const ups = readdirSync(from)
    .filter(file => file.endsWith('.up.sql'))
    .sort();
  const migrations = ups.map((file, nth) => {
    const [, version = '', name = ''] = /^(\d+)_(.*)\.up\.sql$/.exec(file)!;
    const migration = { nth, version, name, up: read(file), down: read(file.replace('.up.', '.down.')) };
    for (const [path, text] of Object.entries(FORMS[tool]!(migration))) {
      mkdirSync(join(source, path, '..'), { recursive: true });
      writeFileSync(join(source, path), text);
    }
    return migration;
  });
  return { source, migrations };
}

describe.skipIf(!there)('the migrations of Authelia come back token for token', () => {
  test.each((['postgresql', 'mysql'] as const).flatMap(engine => Object.keys(FORMS).map(tool => ({ tool, engine }))))(
    'from the form of $tool, $engine',
    async ({ tool, engine }) => {
      const { source, migrations } = write(tool, engine);
      const { files } = readImport({ tool: 'auto', source, engine, skip: [], values: new Map() });
      expect(files).toHaveLength(26);
      const tokens = TOKENS[engine];
      for (const [at, { name, up, down }] of migrations.entries()) {
        const { name: file, text } = files[at]!;
        expect(file).toMatch(new RegExp(`^\\d+_${name}\\.sql$`));
        const [upHalf = '', downHalf = ''] = text.split(/^-- migrate:down.*$/m);
        expect(tokens(upHalf), file).toEqual(tokens(up));
        expect(tokens(downHalf), file).toEqual(tokens(down));
      }
      const dir = join(work, `ours-${tool}-${engine}`);
      mkdirSync(dir);
      for (const { name, text } of files) writeFileSync(join(dir, name), text);
      expect((await compile({ dir, engine, relativeTo: dir })).errors).toEqual([]);
    },
  );
});
