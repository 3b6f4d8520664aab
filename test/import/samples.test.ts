import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSource, SOURCE_TOOLS } from '../../lib/core/source.ts';
import { fingerprint } from '../support/fingerprint.ts';
import { bench, compileFiles, type Files } from '../support/migrations.ts';
import { FORMATS, importSample, SAMPLES, type Sample, tokensOf } from './samples.ts';

const filesOf = (sample: Sample): Files =>
  Object.fromEntries(importSample(sample).files.map(({ name, text }) => [name.replace(/\.sql$/, ''), text]));

describe('sample folders of other tools', () => {
  test('there is one of each tool', () => {
    expect([...new Set(SAMPLES.map(({ tool }) => tool))].sort()).toEqual([...SOURCE_TOOLS].sort());
  });

  test('old and new names', () => {
    const lines = SAMPLES.flatMap(sample => [
      `${sample.source}:`,
      ...importSample(sample).files.map(({ from, name, versionRule, isNonTransactional, hasDown }) =>
        [
          `  ${from[0]} → ${name}`,
          versionRule,
          ...(isNonTransactional ? ['transaction:false'] : []),
          ...(hasDown ? ['down'] : []),
        ].join(', '),
      ),
    ]);
    expect(lines.join('\n')).toMatchSnapshot();
  });

  test.each(SAMPLES)('$source compiles', async sample => {
    const { errors } = await compileFiles(filesOf(sample));
    expect(errors).toEqual([]);
  });

  test.each(SAMPLES.filter(({ isUnclear }) => !isUnclear))('$source is recognised', sample => {
    expect(importSample(sample, 'auto').tool).toBe(sample.tool);
  });

  test.each(SAMPLES.filter(({ isUnclear }) => isUnclear))('$source could be of several tools', sample => {
    expect(() => importSample(sample, 'auto')).toThrow('tells which tool its files are written for');
  });
});

/** What the other tool reads otherwise than it is written, in its sample. */
const READ: Readonly<Record<string, (text: string) => string>> = {
  'golang-migrate': text => text.replace(/^BEGIN;|^COMMIT;/gm, ''),
  flyway: text => text.replaceAll(`\${app_user}`, 'current_user'),
  goose: text => text.replaceAll(`\${APP_USER}`, 'current_user'),
  mybatis: text => text.replace(/^!$/gm, ';'),
  play: text => text.replaceAll(';;', ';').replace(/^#.*$/gm, ''),
  'graphile-migrate': text =>
    text
      .replace(
        /^--!include add.sql$/m,
        readFileSync(join(FORMATS, 'graphile-migrate/migrations/fixtures/add.sql'), 'utf8'),
      )
      .replaceAll(':DATABASE_NAME', 'shop'),
};

const REORDERED = ['node-pg-migrate', 'rambler', 'sql-migrate'];

describe('statements are not touched', () => {
  const inFiles = SAMPLES.filter(({ tool }) => tool !== 'liquibase' && tool !== 'rails');
  test.each(inFiles)('$source, token by token', sample => {
    const root = join(FORMATS, sample.source);
    for (const { from, text } of importSample(sample).files) {
      const written = from.map(path => readFileSync(join(root, path), 'utf8')).join('\n');
      const read = READ[sample.tool]?.(written) ?? written;
      const [ours, theirs] = [tokensOf(text), tokensOf(read)];
      // Their halves may stand in another order.
      if (REORDERED.includes(sample.tool)) expect(ours.toSorted(), from[0]).toEqual(theirs.toSorted());
      else expect(ours, from[0]).toEqual(theirs);
      expect(tokensOf(text).length + (text.includes('Nothing to do') ? 1 : 0), from[0]).toBeGreaterThan(0);
    }
  });

  test('of Liquibase, where the way back stands in comments', () => {
    const { files } = importSample(SAMPLES.find(({ tool }) => tool === 'liquibase')!);
    const [first, , , fourth] = files;
    expect(first!.text).toBe(`-- Source: liquibase changelog.sql//ada//1
-- Description: what people are called

-- migrate:up
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE, note text DEFAULT 'a;b -- no comment');
CREATE INDEX users_note ON users (note);

-- migrate:down
DROP TABLE users;
`);
    expect(fourth!.text).toContain(
      '\n-- migrate:down\nDELETE FROM users WHERE id = 1;\nALTER TABLE users DROP COLUMN mood;\n',
    );
  });
});

/** Their tables hold one number: the newest that is applied. */
const UP_TO = ['golang-migrate', 'tern'];

describe("the ids of the other tool's own table", () => {
  const known = SAMPLES.filter(({ source }) => source !== 'sqlx-simple/migrations' && !source.startsWith('aws-blocks'));
  test.each(known)('$source: those of the applied half are in it', sample => {
    const history = readFileSync(join(FORMATS, sample.source.split('/')[0]!, 'history.sql'), 'utf8');
    const sources = importSample(sample).files.map(({ text }) => readSource(text)!);
    // Liquibase has the three parts of its id in columns of their own.
    const isThere = (id: string) =>
      id.split('//').every(part => new RegExp(`(?<![\\w.])${escaped(part)}(?![\\w.])`).test(history));
    const applied = sources.filter(({ id }) => isThere(id));
    expect(applied.length).toBeGreaterThan(0);
    if (!UP_TO.includes(sample.tool)) expect(sources[0]).toEqual(applied[0]);
    // The hash of the first is that of the table, where the table has one.
    const hash = sources[0]!.details?.find(detail => /^[0-9a-f]{40,}$|^sha1:|^-?\d{8,10}$/.test(detail));
    if (hash !== undefined) expect(history).toContain(hash);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

describe('sample folders are applied as they were imported', () => {
  /** All five steps, written by each tool in its own form. */
  const WHOLE = ['golang-migrate', 'dbmate', 'sql-migrate', 'prisma', 'supabase', 'atlas'];
  const schemas = new Map<string, readonly string[]>();

  test.each(SAMPLES)('$source', async sample => {
    const { up, raw } = await bench();
    const files = filesOf(sample);
    const report = await up(files);
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(report.applied).toHaveLength(1 + Object.keys(files).length);
    expect(await up(files)).toMatchObject({ outcome: 'nothing-to-do', dataApiCalls: 1 });
    if (WHOLE.includes(sample.tool)) schemas.set(sample.tool, await fingerprint(raw));
  });

  test('the same statements in the forms of six tools make the same schema', () => {
    expect([...schemas.keys()].sort()).toEqual([...WHOLE].sort());
    for (const schema of schemas.values()) expect(schema).toEqual(schemas.get('dbmate'));
  });
});
