import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile, reader } from '../../lib/compile/index.ts';
import type { ManifestReader } from '../../lib/core/manifest.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { bench, states, template } from '../support/migrations.ts';
import { freshDatabase } from '../support/postgresql.ts';

/** Real migrations of a real application: https://github.com/authelia/authelia/tree/master/internal/storage/migrations/postgres */
const CORPUS = join(import.meta.dirname, '../../../shared/corpora/authelia/postgresql');
const there = existsSync(CORPUS);
const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const clients = has('psql') && has('pg_dump');

const skipped = [
  ...(there ? [] : [`no folder ${CORPUS}: put the migrations of Authelia there`]),
  ...(clients ? [] : ['no psql or pg_dump in PATH: install the PostgreSQL client programs, version 17 or later']),
];
describe.skipIf(skipped.length === 0)('the corpus is not tested in full', () => {
  test.each(skipped)('because there is %s', () => undefined);
});

const ups = () =>
  readdirSync(CORPUS)
    .filter(file => file.endsWith('.up.sql'))
    .sort();

async function compiled(dir: string, schema = 'public'): Promise<ManifestReader> {
  const made = await compile({ dir, engine: 'postgresql', relativeTo: dir, schema });
  expect(made.errors).toEqual([]);
  return reader(made);
}

describe.skipIf(!there)('Authelia', () => {
  test('26 migrations are applied in at most 29 calls besides the install', async () => {
    const { up } = await bench();
    const migrations = await compiled(CORPUS);
    const report = await up(migrations);
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(report.applied).toHaveLength(1 + 26);
    expect(report.dataApiCalls).toBeLessThanOrEqual(29 + 1);
    expect(await up(migrations)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
  });

  test.skipIf(!clients)('the schema is what psql makes with one transaction a file, by pg_dump', async () => {
    // In a schema of their own, for pg_dump leaves functions out only with their schema.
    const { up, url } = await bench({ schema: 'tracking' });
    await up(await compiled(CORPUS, 'tracking'));
    await using plain = await freshDatabase();
    for (const file of ups())
      execFileSync('psql', ['-X', '-q', '-1', '-v', 'ON_ERROR_STOP=1', '-d', plain.url, '-f', join(CORPUS, file)], {
        stdio: 'pipe',
      });
    const dump = (database: string) =>
      execFileSync('pg_dump', ['--schema-only', '--exclude-schema=tracking', '-d', database], {
        encoding: 'utf8',
      }).replace(/^\\(un)?restrict .*$/gm, '');
    expect(dump(url)).toBe(dump(plain.url));
    expect(dump(url)).toContain('CREATE TABLE public.oauth2_consent_session');
    expect(dump(url)).not.toContain('schema_migrations');
  });
});

describe.skipIf(!there)('one edit in each file in turn never changes the schema behind the user’s back', () => {
  let applied: { name: string; drop(): Promise<void> };
  let schema: string[];
  const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
  beforeAll(async () => {
    if (!there) return;
    for (const file of readdirSync(CORPUS)) writeFileSync(join(folder, file), readFileSync(join(CORPUS, file)));
    applied = await template(async ({ up, raw }) => {
      await up(await compiled(folder));
      schema = await fingerprint(raw);
    });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await applied?.drop();
  });

  /** Work with the folder while files of it are edited. */
  async function edited<T>(
    files: readonly string[],
    edit: (text: string) => string,
    work: (migrations: ManifestReader) => Promise<T>,
  ): Promise<T> {
    const texts = new Map(files.map(file => [file, readFileSync(join(CORPUS, file), 'utf8')]));
    for (const [file, text] of texts) {
      expect(edit(text), 'the edit').not.toBe(text);
      writeFileSync(join(folder, file), edit(text));
    }
    try {
      return await work(await compiled(folder));
    } finally {
      for (const [file, text] of texts) writeFileSync(join(folder, file), text);
    }
  }

  test('a comment, white space, line endings: no change', async () => {
    const { up, raw } = await bench({ template: applied.name });
    const edit = (text: string) =>
      `-- Description: another one\n${text.replaceAll('\n', '\r\n').replace(';', ' /* why */ ;')}\n\n-- end`;
    await edited(ups(), edit, async migrations => {
      expect(await up(migrations)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
    });
    expect(await fingerprint(raw)).toEqual(schema);
  });

  test('a token: applied again without effect, or stopped with the ways out', { timeout: 180_000 }, async () => {
    const outcomes: Record<string, number> = {};
    let made = await bench({ template: applied.name, auto: false });
    const files = ups();
    for (const file of files) {
      // Harmless in itself: where the migration comes to the same, the schema stays.
      const edit = (text: string) => `${text.trimEnd()}\nSELECT 1;\n`;
      let written = false;
      await edited([file], edit, async migrations => {
        const report = await made.up(migrations);
        const name = file.replace('.up.sql', '');
        written = report.outcome !== 'stopped';
        outcomes[report.outcome] = (outcomes[report.outcome] ?? 0) + 1;
        if (report.outcome === 'stopped') {
          expect(report.problems[0]).toMatchObject({
            migration: name,
            code: expect.stringMatching(/^changed-/),
            remedy: expect.stringContaining('reapply:true'),
          });
          expect(report.applied).toEqual([]);
        } else
          expect([report.outcome, states(report)[name]], file).toEqual(
            report.outcome === 'failed' ? ['failed', 'failed'] : ['applied', 'applied'],
          );
      });
      expect(await fingerprint(made.raw), file).toEqual(schema);
      if (written) {
        await made.stop();
        made = await bench({ template: applied.name, auto: false });
      }
    }
    await made.stop();
    expect(Object.values(outcomes).reduce((a, b) => a + b)).toBe(26);
    expect(outcomes.stopped).toBeGreaterThan(10);
  });
});
