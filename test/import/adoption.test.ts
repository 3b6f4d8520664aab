import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgresql.ts';
import { HALVES } from './halves.ts';
import { FORMATS, importSample, SAMPLES } from './samples.ts';

inTemporaryFolder();

/** Those with the table of their tool. */
const SAMPLES_WITH_TABLE = SAMPLES.filter(({ source }) => source in HALVES);

/** What the tools make beside their table. */
const SCHEMAS = 'CREATE SCHEMA drizzle; CREATE SCHEMA graphile_migrate; CREATE SCHEMA supabase_migrations;';

/** Runs SQL past everything of ours. */
async function execute({ url }: FreshDatabase, ...texts: readonly string[]): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    for (const text of texts) await client.query(text);
  } finally {
    await client.end();
  }
}

/** The up sections of migrations, as another tool would have run them. */
function runByHand({ url }: FreshDatabase, texts: readonly string[]): void {
  for (const text of texts)
    execFileSync('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', url], {
      input: text.split(/^-- migrate:down/m)[0]!,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
}

function schemaOf({ url }: FreshDatabase): string {
  const text = execFileSync('pg_dump', ['--schema-only', url], { encoding: 'utf8' });
  return text.replace(/^\\(un)?restrict .*$/gm, '');
}

/** The newest versioned migrations, down to the first without a down script. */
function newestWithDown(
  names: readonly string[],
  files: readonly { readonly name: string; readonly text: string }[],
): readonly string[] {
  const hasDown = (name: string) =>
    files.some(
      file => file.name === `${name}.down.sql` || (file.name === `${name}.sql` && /^-- migrate:down/m.test(file.text)),
    );
  const versioned = names.filter(name => !name.startsWith('R__'));
  return versioned.slice(versioned.findLastIndex(name => !hasDown(name)) + 1);
}

async function json(argv: readonly string[]) {
  const { code, stdout, stderr } = await run([...argv, '--json']);
  return { code, answer: JSON.parse(stdout), stderr };
}

describe.each(SAMPLES_WITH_TABLE)('$source', { timeout: 120_000 }, sample => {
  test('what its tool has applied is recorded, the rest runs, the schema is that of a full run, and down reverts', async () => {
    const { files } = importSample(sample);
    const half = HALVES[sample.source]!;
    const history = readFileSync(join(FORMATS, sample.source.split('/')[0]!, 'history.sql'), 'utf8');
    folder('sql', Object.fromEntries(files.map(({ name, text }) => [name, text])));
    const names = files
      .filter(({ name }) => !name.endsWith('.down.sql'))
      .map(({ name }) => name.replace(/(\.up)?\.sql$/, ''));
    const rest = names.filter(name => !half.applied.includes(name));
    await using full = await freshDatabase();
    await using database = await freshDatabase();
    const target = (url: string) => ['--dir', 'sql', '--url', url, '--table', 'aurora_migrations'];
    for (const each of [full, database]) await execute(each, SCHEMAS, history);
    runByHand(
      database,
      files.filter(({ name }) => half.applied.includes(name.replace(/(\.up)?\.sql$/, ''))).map(({ text }) => text),
    );
    const before = schemaOf(database);

    if (half.unfinished) {
      const { code, answer } = await json(['baseline', '--from', sample.tool, ...target(database.url)]);
      expect(code).toBe(1);
      expect(answer).toMatchObject({ outcome: 'stopped', problems: [{ code: half.unfinished.code }] });
      expect(schemaOf(database), 'nothing was made').toBe(before);
      for (const each of [full, database]) await execute(each, half.unfinished.finish);
    }

    const recorded = await json(['baseline', '--from', sample.tool, ...target(database.url)]);
    expect(recorded.answer).toMatchObject({ outcome: 'baselined', baselined: half.applied, problems: [] });
    const up = await json(['up', ...target(database.url)]);
    expect(up.answer.applied).toEqual(rest);
    const again = await json(['up', ...target(database.url)]);
    expect(again.answer).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
    const recordedAgain = await json(['baseline', '--from', sample.tool, ...target(database.url)]);
    expect(recordedAgain.answer).toMatchObject({ outcome: 'nothing-to-do', baselined: [] });

    expect((await json(['up', ...target(full.url)])).answer.applied.slice(1)).toEqual(names);
    expect(schemaOf(database)).toBe(schemaOf(full));

    // Also what only the other tool applied: its down script is in the file.
    const revertible = newestWithDown(names, files).slice(-(half.reverts ?? names.length));
    if (revertible.length === 0) return;
    const down = await json(['down', '--steps', String(revertible.length), ...target(database.url)]);
    expect(down.answer).toMatchObject({ outcome: 'reverted', reverted: revertible.toReversed(), problems: [] });
    // Where a down script leaves something behind, the up script fails at it.
    if (half.reverts === undefined)
      expect((await json(['up', ...target(database.url)])).answer.applied).toEqual(revertible);
  });
});
