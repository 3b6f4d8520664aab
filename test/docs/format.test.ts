import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readFields } from '../../lambda/actions/fields.ts';
import { act } from '../../lambda/actions/index.ts';
import { COMMANDS } from '../../lib/cli/index.ts';
import { compile, writeCompiled } from '../../lib/compile/index.ts';
import { inTemporaryFolder } from '../cli/run.ts';
import { sources } from '../house/source.ts';
import { blocks, codes, document, ROOT, rows, section, shape } from './markdown.ts';
import { Stage } from './provoke.ts';

const FORMAT = document('FORMAT.md');
const all = blocks(FORMAT);

async function compiled(files: Readonly<Record<string, string>>, engine: 'postgresql' | 'mysql' = 'postgresql') {
  const dir = mkdtempSync(join(tmpdir(), 'format-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const result = await compile({ dir, engine, relativeTo: dir });
  rmSync(dir, { recursive: true });
  return result;
}

const files = (engine: 'postgresql' | 'mysql') =>
  Object.fromEntries(
    all
      .filter(({ language, info }) => language === 'sql' && !info.startsWith('refused'))
      .filter(({ info }) => info.startsWith('mysql ') === (engine === 'mysql'))
      .map(({ info, text }) => [info.split(' ').at(-1)!, text]),
  );

inTemporaryFolder();

describe('FORMAT.md, files', () => {
  test.each(['postgresql', 'mysql'] as const)('every example for %s compiles as it stands', async engine => {
    expect(Object.keys(files(engine)).length).toBeGreaterThan(0);
    expect(await compiled(files(engine), engine)).toMatchObject({ errors: [], warnings: [] });
  });

  test('the examples for PostgreSQL can be applied, and undone', async () => {
    const stage = await Stage.make(files('postgresql'));
    expect(await stage.cli('up')).toContain('5 applied');
    await stage.database.drop();
  });

  const refused = all.filter(({ info }) => info.startsWith('refused'));
  test.each(refused.map(({ info, text }) => [info, text]))('%s', async (info, text) => {
    const { errors } = await compiled({ '001_x.sql': text }, info.includes('mysql') ? 'mysql' : 'postgresql');
    expect(errors.map(({ code }) => code)).toContain(info.split(' ').at(-1));
  });

  test('options and directives are those that are read', async () => {
    const options = rows(section(FORMAT, 'Directives')).slice(3);
    expect(options.length).toBe(6);
    for (const [option, of] of options)
      for (const part of of!.split(', ')) {
        const text =
          part === 'up'
            ? `-- migrate:up ${codes(option)[0]}\nSELECT 1;\n`
            : `SELECT 1;\n-- migrate:down ${codes(option)[0]}\n`;
        expect((await compiled({ '001_x.sql': text })).errors, `${option} of ${part}`).toEqual([]);
      }
    expect((await compiled({ '001_x.sql': 'SELECT 1;\n-- migrate:down reapply:true\n' })).errors).toHaveLength(1);
  });
});

describe('FORMAT.md, codes', () => {
  /** Codes that the sources write where they make a problem; those that are put together are not among them. */
  const found = sources('lib', 'lambda')
    .filter(({ path }) => !path.startsWith('lib/local/'))
    .flatMap(({ path, code }) =>
      [
        ...code.matchAll(
          /\bcode: '([a-z][a-z-]+)'|\b(?:error|warn)\(\s*'([a-z][a-z-]+)'|\bcomplain\(\s*[^,()]+(?:\([^)]*\))?,\s*'([a-z][a-z-]+)'|\bmistake\(\s*'([a-z][a-z-]+)'/g,
        ),
      ].map(match => ({ path, code: match.slice(1).find(Boolean)! })),
    );
  const ofRefusals = rows(section(FORMAT, 'What is refused')).flatMap(([code]) => codes(code));
  const ofOthers = rows(section(FORMAT, 'Other codes')).flatMap(([code]) => codes(code));

  test('every code of the sources is listed: add a row to FORMAT.md', () => {
    expect(found.length).toBeGreaterThan(60);
    const known = new Set([...ofRefusals, ...ofOthers]);
    const isKnown = ({ path, code }: (typeof found)[number]) =>
      (path.startsWith('lib/compile/') || path === 'lib/core/directives.ts') && code !== 'no-body'
        ? ofRefusals.includes(code)
        : known.has(code);
    expect(found.filter(one => !isKnown(one)).map(({ path, code }) => `${path}: ${code}`)).toEqual([]);
  });

  test('every code that is listed is one of the sources', () => {
    const text = sources('lib', 'lambda')
      .map(({ code }) => code)
      .join('\n');
    // Made of parts: `no-${name}`, row_count with a dash, the states of a migration.
    const made = ['no-engine', 'no-dbname', 'row-count', 'found-rows'];
    const isThere = (code: string) =>
      made.includes(code) || new RegExp(`['"\`]${code}['"\`]|\\b${code}: \\[`).test(text);
    expect([...ofRefusals, ...ofOthers].filter(code => !isThere(code))).toEqual([]);
  });

  test('none is listed twice', () => {
    expect([...ofRefusals, ...ofOthers].toSorted()).toEqual([...new Set([...ofRefusals, ...ofOthers])].toSorted());
  });
});

describe('FORMAT.md, tables', () => {
  const tables = section(FORMAT, 'Tables');
  const [attempts = '', lease = '', hooks = ''] = tables.split(/^`schema_migrations_(?:lease|hooks)`/m);
  /** Those of one engine only begin with its name. */
  const written = (text: string, engine: string) => {
    const other = engine === 'mysql' ? 'PostgreSQL:' : 'MySQL:';
    return rows(text)
      .filter(([, holds]) => !holds!.startsWith(other))
      .flatMap(([column]) => codes(column))
      .toSorted();
  };
  const columns = (engine: string, table: string) => {
    const ddl = readFileSync(`${ROOT}sql/tracking/${engine}.sql`, 'utf8');
    const body = new RegExp(`CREATE TABLE IF NOT EXISTS (?:public\\.)?${table} \\(\\n([\\s\\S]*?)\\n\\)`).exec(
      ddl,
    )![1]!;
    return [...body.matchAll(/^ {2}([a-z_]+) /gm)].map(([, name]) => name!);
  };

  test.each(['postgresql', 'mysql'])('its columns are those of the DDL, of %s', engine => {
    expect(written(attempts, engine)).toEqual(columns(engine, 'schema_migrations').toSorted());
    expect(written(lease, engine)).toEqual(columns(engine, 'schema_migrations_lease').toSorted());
    expect(written(hooks, engine)).toEqual(columns(engine, 'schema_migrations_hooks').toSorted());
  });
});

describe('FORMAT.md, JSON', () => {
  const example = (info: string) => JSON.parse(all.find(one => one.language === 'json' && one.info === info)!.text);

  test('the manifest of the first example', async () => {
    const result = await compiled({ '001_users.sql': files('postgresql')['001_users.sql']! });
    const dir = mkdtempSync(join(tmpdir(), 'format-manifest-'));
    writeCompiled(result, dir);
    const read = (path: string) => JSON.parse(readFileSync(join(dir, path), 'utf8'));
    const manifest = read('manifest.json');
    const users = manifest.migrations.find(({ name }: { name: string }) => name === '001_users');
    const { migrations, ...rest } = example('manifest.json');
    expect({ ...manifest, digest: '…', migrations: [] }).toEqual({ ...rest, migrations: [] });
    expect({ ...users, checksum: '…', statementsChecksum: '…', file: 'sql/migrations/001_users.sql' }).toEqual(
      migrations[0],
    );
    const body = read('migrations/001_users.json');
    body.up.content = body.down.content = '…';
    expect(body).toEqual(example('migrations/001_users.json'));
    expect(readdirSync(dir).sort()).toEqual(['manifest.json', 'migrations']);
    rmSync(dir, { recursive: true });
  });

  test('what commands answer has the members and the kinds of the examples', async () => {
    const stage = await Stage.make({
      '001_users.sql': 'CREATE TABLE users (id int);\n',
      '002_orders.sql': 'CREATE TABLE orders (id int);\nINSERT INTO orders SELECT id FROM userz;\n',
    });
    const answers: Record<string, unknown> = {};
    for (const command of ['up', 'status', 'history']) {
      const said = await stage.cli(`${command} --json${command === 'history' ? ' --limit 1' : ''}`);
      answers[command] = JSON.parse(said);
    }
    const status = answers.status as { migrations: unknown[] };
    expect(shape({ ...status, migrations: status.migrations.slice(-1) })).toEqual(shape(example('status')));
    expect(shape({ ...(answers.up as object), migrations: [] })).toEqual(shape(example('up')));
    expect(shape(answers.history)).toEqual(shape(example('history')));
    stage.write({
      '002_orders.sql': 'CREATE TABLE orders (id int);\nCREATE INDEX i ON users (id);\n',
    });
    expect(shape(JSON.parse(await stage.cli('plan --json')))).toEqual(shape(example('plan')));
    stage.write({
      '002_orders.sql': 'CREATE TABLE orders (id int);\n',
      '003_names.sql': 'ALTER TABLE users ADD name text;\n-- migrate:down\nALTER TABLE users DROP name;\n',
    });
    await stage.cli('up');
    const later = async (line: string) => shape(JSON.parse(await stage.cli(`${line} --json`)));
    expect(await later('down')).toEqual(shape(example('down')));
    expect(await later('baseline --to 003')).toEqual(shape(example('baseline')));
    // Whether a run has left a fingerprint is not a matter of format.
    const { drift: _, notes: __, ...verified } = (await later('verify')) as Record<string, unknown>;
    const { drift: ___, notes: ____, ...written } = shape(example('verify')) as Record<string, unknown>;
    expect(verified).toEqual(written);
    await stage.database.drop();
  });

  test('the requests are those that the function knows', async () => {
    const requests = all
      .filter(({ info }) => info === 'action')
      .map(({ text }) => JSON.parse(text) as { action: string });
    const known = await act({} as never, {}, {} as never).catch((error: Error) => error.message);
    const names = /Actions: (.*), as in/.exec(String(known))![1]!.split(', ');
    expect(requests.map(({ action }) => action).toSorted()).toEqual(names.toSorted());
    for (const { action, ...fields } of requests) {
      const { default: chosen } = await import(`../../lambda/actions/${action}.ts`);
      expect(readFields(action, chosen.fields, fields)).toEqual(fields);
      expect(Object.keys(fields).toSorted(), `fields of ${action}`).toEqual(Object.keys(chosen.fields).toSorted());
    }
    expect(COMMANDS.map(({ name }) => name)).toEqual(expect.arrayContaining(['status', 'plan', 'history', 'resolve']));
  });
});
