import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { compile } from '../../lib/compile/index.ts';
import { MigrationError, type Problem } from '../../lib/core/errors.ts';
import type { EngineName } from '../../lib/core/manifest.ts';

/** Real migrations, to be converted, and sample folders of other tools. */
const CORPORA = join(import.meta.dirname, '../../../shared/corpora');
const AUTHELIA = join(CORPORA, 'authelia');
const FORMATS = join(CORPORA, 'formats');
const missing = [AUTHELIA, FORMATS].filter(folder => !existsSync(folder));

describe.skipIf(missing.length === 0)('the files of other tools are not all tested', () => {
  test.each(missing)('put sample folders into %s', () => undefined);
});

const work = mkdtempSync(join(tmpdir(), 'foreign-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** What is wrong with a folder; what is thrown where there is none of ours is part of it. */
async function problemsOf(dir: string, engine: EngineName = 'postgresql'): Promise<readonly Problem[]> {
  try {
    return (await compile({ dir, engine, relativeTo: dir })).errors;
  } catch (error) {
    if (error instanceof MigrationError) return error.problems;
    throw error;
  }
}

/** The files that are refused as those of another tool, with that tool. */
function refused(problems: readonly Problem[]): string[] {
  const found = problems.flatMap(({ code, message, place }) => {
    const tool = /^The file is written for ([^:]+):/.exec(message)?.[1];
    return code === 'foreign-format' && place ? [`${place.file} ${tool}`] : [];
  });
  return [...new Set(found)].sort();
}

/** A form in which tools write both halves into one file. */
interface Form {
  readonly tool: string;
  /** Nothing but this makes it one of theirs where there is no down half. */
  readonly write: (up: string, down: string, nth: number) => { readonly text: string; readonly isSure: boolean };
}

const hasStatements = (text: string) => text.replace(/--.*|\/\*[\s\S]*?\*\//g, '').trim() !== '';

const FORMS: readonly Form[] = [
  {
    tool: 'goose',
    write: (up, down, nth) => {
      // As its users write them: each third file with what it needs around bodies, each third outside of a transaction.
      const begin = nth % 3 === 1 ? '-- +goose StatementBegin\n' : '';
      const end = begin && '-- +goose StatementEnd\n';
      const head = nth % 3 === 2 ? '-- +goose NO TRANSACTION\n' : '';
      const text = `${head}-- +goose Up\n${begin}${up}\n${end}\n-- +goose Down\n${down}`;
      return { text, isSure: begin !== '' || head !== '' };
    },
  },
  {
    tool: 'node-pg-migrate',
    write: (up, down) => ({ text: `-- Up Migration\n\n${up}\n\n-- Down Migration\n\n${down}`, isSure: false }),
  },
];

for (const engine of ['postgresql', 'mysql'] as const)
  describe.skipIf(!existsSync(AUTHELIA))(`the migrations of Authelia, ${engine}`, () => {
    test.each(FORMS)('converted to the form of $tool: each with a down half or a sure sign is refused', async form => {
      const from = join(AUTHELIA, engine);
      const dir = join(work, `${form.tool}-${engine}`);
      mkdirSync(dir);
      const ups = readdirSync(from).filter(file => file.endsWith('.up.sql'));
      const expected: string[] = [];
      for (const [nth, file] of ups.sort().entries()) {
        const read = (name: string) => (existsSync(join(from, name)) ? readFileSync(join(from, name), 'utf8') : '');
        const down = read(file.replace('.up.sql', '.down.sql'));
        const { text, isSure } = form.write(read(file), down, nth);
        const name = file.replace('.up.sql', '.sql');
        writeFileSync(join(dir, name), text);
        if (isSure || hasStatements(down)) expected.push(`${name} ${form.tool}`);
      }
      const problems = await problemsOf(dir, engine);
      expect(refused(problems)).toEqual(expected.sort());
      expect(expected.length).toBeGreaterThan(20);
      expect(problems.filter(({ code }) => code !== 'foreign-format')).toEqual([]);
    });
  });

/** All `.sql` files of a folder and of those in it, but what the tool's own table holds. */
function sqlFiles(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap(entry => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return sqlFiles(path);
    return /\.sql$/i.test(entry.name) && entry.name !== 'history.sql' ? [path] : [];
  });
}

describe.skipIf(!existsSync(FORMATS))('sample folders of other tools', () => {
  test('what undoes, or has another meaning there, is refused with the tool; all else is not', async () => {
    // Under names of ours, for theirs are refused before anything is read.
    const dir = join(work, 'samples');
    mkdirSync(dir);
    const names = new Map<string, string>();
    for (const path of sqlFiles(FORMATS).sort()) {
      if (/down\.sql$/.test(path)) continue;
      const name = `${names.size + 1}_x.sql`;
      names.set(name, relative(FORMATS, path).split(sep).join('/'));
      writeFileSync(join(dir, name), readFileSync(path));
    }
    const found = refused(await problemsOf(dir)).map(line => line.replace(/^\S+/, name => names.get(name)!));
    expect(found.sort()).toMatchInlineSnapshot(`
      [
        "atlas/migrations/20240102120000.sql Atlas",
        "atlas/migrations/20240103120000_email_index.sql Atlas",
        "atlas/migrations/20240105120000_checkpoint.sql Atlas",
        "goose/migrations/00001_create_users.sql goose",
        "goose/migrations/00002_mood_and_touch.sql goose",
        "goose/migrations/00003_email_index.sql goose",
        "goose/migrations/20240104120000_add_mood.sql goose",
        "goose/migrations/20240107120000_env.sql goose",
        "graphile-migrate/migrations/committed/000001-create-users.sql graphile-migrate",
        "graphile-migrate/migrations/committed/000002-step-b.sql graphile-migrate",
        "graphile-migrate/migrations/committed/000003-step-c.sql graphile-migrate",
        "graphile-migrate/migrations/committed/000004-step-d.sql graphile-migrate",
        "liquibase/changelog.sql Liquibase",
        "mybatis/scripts/20240101120000_create_changelog.sql MyBatis",
        "mybatis/scripts/20240102120000_create_users.sql MyBatis",
        "mybatis/scripts/20240103120000_touch.sql MyBatis",
        "node-pg-migrate/migrations/1704110400000_create-users.sql node-pg-migrate",
        "node-pg-migrate/migrations/1704196800000_mood-and-touch.sql node-pg-migrate",
        "node-pg-migrate/migrations/1704369600000_add-mood.sql node-pg-migrate",
        "play-evolutions/1.sql Play",
        "play-evolutions/2.sql Play",
        "rambler/migrations/01_users.sql rambler",
        "sql-migrate/migrations/10_add_mood.sql sql-migrate",
        "sql-migrate/migrations/1_create_users.sql sql-migrate",
        "sql-migrate/migrations/2_Mood.sql sql-migrate",
        "sql-migrate/migrations/3-email-index.sql sql-migrate",
        "tern/migrations/001_create_users.sql tern",
        "tern/migrations/002_mood.sql tern",
        "tern/migrations/003_email_index.sql tern",
      ]
    `);
    expect(names.size).toBeGreaterThan(80);
  });
});
