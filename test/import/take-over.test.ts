import { describe, expect, test } from 'vitest';
import type { Manifest, Migration } from '../../lib/core/manifest.ts';
import type { MigrationSource, SourceTool } from '../../lib/core/source.ts';
import { ownTableProblem } from '../../lib/core/take-over.ts';
import type { RowState } from '../../lib/import/other-table.ts';
import { takeOver } from '../../lib/import/take-over.ts';

/** Files `001_a`, … of these sources; null: a file that was not imported. */
function folderOf(...sources: readonly (MigrationSource | null)[]): Manifest {
  const migrations = sources.map((source, at) => {
    const version = source?.id.startsWith('R__') ? null : String(at + 1).padStart(3, '0');
    const name = `${version ?? 'R_'}_${String.fromCharCode(97 + at)}`;
    return { name, version, file: `sql/${name}.sql`, ...(source && { source }) } as Migration;
  });
  const own = { name: '000_create_migrations_table', version: '000' } as Migration;
  return { format: 1, engine: 'postgresql', digest: '', migrations: [own, ...migrations] };
}

const of = (tool: SourceTool, ...ids: readonly string[]) => ids.map(id => ({ tool, id }));

type Rows = readonly (readonly [id: string, state?: RowState, detail?: string])[];

function taken(
  from: SourceTool,
  folder: Manifest,
  rows: Rows | null,
  { isEmpty = false, outOfOrder, skip }: { isEmpty?: boolean; outOfOrder?: 'apply' | 'fail'; skip?: string[] } = {},
) {
  const history = {
    table: rows && 'public.t',
    rows: (rows ?? []).map(([id, state = 'applied', detail = '']) => ({ id, state, detail })),
    problem: null,
    instead: [],
  };
  const { baselined, problems, notes } = takeOver({ from, ...(skip && { skip }) }, folder, history, {
    isEmpty,
    outOfOrder,
  });
  return { names: baselined.map(({ name }) => name), codes: problems.map(({ code }) => code), problems, notes };
}

describe('what another tool has applied', () => {
  test('numbers are equal whatever zeros they begin with', () => {
    expect(taken('goose', folderOf(...of('goose', '1', '2')), [['00001']]).names).toEqual(['001_a']);
  });

  test('a file without a source is known by its own version', () => {
    expect(taken('dbmate', folderOf(null, null), [['1']]).names).toEqual(['001_a']);
  });

  test('parts of versions are numbers, and missing ones are 0', () => {
    const folder = folderOf(...of('flyway', '1', '1.2', '1.10'));
    expect(taken('flyway', folder, [['01.0'], ['1.02']]).names).toEqual(['001_a', '002_b']);
  });

  test('one number means all up to it', () => {
    const { names, notes } = taken('tern', folderOf(...of('tern', '1', '2', '3')), [['2', 'upto']]);
    expect(names).toEqual(['001_a', '002_b']);
    expect(notes.join()).toContain('records one number only');
  });

  test('a baseline of the tool means all up to it, without a file of that version', () => {
    const folder = folderOf(...of('flyway', '1', '2', '3'));
    expect(taken('flyway', folder, [['2.5', 'baseline'], ['3']])).toMatchObject({
      names: ['001_a', '002_b', '003_c'],
      codes: [],
    });
    const atlas = folderOf(...of('atlas', '20240101', '20240102'));
    expect(taken('atlas', atlas, [['20240101', 'baseline']]).names).toEqual(['001_a']);
  });

  test('what was undone there is pending, also where a later row of Prisma applies it again', () => {
    const folder = folderOf(...of('prisma', 'a', 'b'));
    expect(taken('prisma', folder, [['a'], ['b', 'reverted']]).names).toEqual(['001_a']);
    expect(taken('prisma', folder, [['a', 'reverted'], ['a'], ['b', 'reverted']]).names).toEqual(['001_a']);
  });

  test('a repeatable migration of Flyway counts with the checksum of its file only', () => {
    const folder = folderOf({ tool: 'flyway', id: 'R__a.sql', details: ['-5'] });
    expect(taken('flyway', folder, [['billing/R__a.sql', 'applied', '-5 SQL R__a.sql']]).names).toEqual(['R__a']);
    const changed = taken('flyway', folder, [['R__a.sql', 'applied', '6 SQL R__a.sql']]);
    expect(changed.names).toEqual([]);
    expect(changed.notes.join()).toContain('R__a was changed after flyway applied it');
  });

  test('Drizzle: by folder, by time, by time in seconds, by hash', () => {
    const folder = folderOf(
      { tool: 'drizzle', id: '1704110400123', details: ['0000_a', 'aa'] },
      { tool: 'drizzle', id: '1704196800456', details: ['0001_b', 'bb'] },
      { tool: 'drizzle', id: '1704283200000', details: ['20240103120000_c', 'cc'] },
      { tool: 'drizzle', id: '1704369600000', details: ['20240104120000_d', 'dd'] },
    );
    const rows: Rows = [
      ['1704110400000', 'applied', 'xx'],
      ['1', 'applied', 'bb'],
      ['2', 'applied', 'xx 20240103120000_c'],
    ];
    expect(taken('drizzle', folder, rows).names).toEqual(['001_a', '002_b', '003_c']);
  });

  test('Liquibase: by author and id where the path was another one', () => {
    const folder = folderOf(...of('liquibase', 'db/changelog.sql//ada//1', 'db/changelog.sql//ada//2'));
    const rows: Rows = [['classpath:db/changelog.sql//ada//1'], ['app/db/changelog.sql//ada//2']];
    expect(taken('liquibase', folder, rows).names).toEqual(['001_a', '002_b']);
  });

  test('an edited file is named', () => {
    const folder = folderOf({ tool: 'prisma', id: 'a', details: ['aa'] });
    expect(taken('prisma', folder, [['a', 'applied', 'bb']]).notes.join()).toContain('001_a was edited after prisma');
    expect(taken('prisma', folder, [['a', 'applied', 'aa']]).notes.join()).not.toContain('edited');
  });

  test('Atlas applies folders of other tools too', () => {
    expect(taken('atlas', folderOf(...of('goose', '1', '2')), [['1']]).names).toEqual(['001_a']);
  });
});

describe('what stops', () => {
  test('a migration that failed, or is under way', () => {
    const folder = folderOf(...of('golang-migrate', '1', '2'));
    expect(taken('golang-migrate', folder, [['2', 'failed']])).toMatchObject({
      names: [],
      problems: [{ code: 'other-tool-failed', remedy: expect.stringContaining('migrate force VERSION') }],
    });
    const locked = taken('liquibase', folderOf(...of('liquibase', 'a//b//c')), [['LOCK', 'locked'], ['a//b//c']]);
    expect(locked.codes).toEqual(['other-tool-locked']);
  });

  test('what is applied there and is no file here, unless it is named', () => {
    const folder = folderOf(...of('goose', '1', '4'));
    expect(taken('goose', folder, [['1'], ['3']])).toMatchObject({
      codes: ['no-file-here'],
      problems: [{ message: expect.stringContaining('3') }],
    });
    expect(taken('goose', folder, [['1'], ['3']], { skip: ['00003'] })).toMatchObject({ codes: [], names: ['001_a'] });
    expect(taken('goose', folder, [['1'], ['3']], { skip: ['00003_seed.go'] }).codes).toEqual([]);
  });

  test('but not what is older than the first file, where that is applied: the history was shortened', () => {
    const folder = folderOf(...of('goose', '5', '6'));
    const { codes, notes } = taken('goose', folder, [['1'], ['2'], ['5']]);
    expect(codes).toEqual([]);
    expect(notes.join()).toContain('before the first file of this folder');
    expect(taken('goose', folder, [['1'], ['2']]).codes).toEqual(['no-file-here']);
  });

  test('what is not applied there, below what is, unless somebody lets it run late', () => {
    const folder = folderOf(...of('goose', '1', '2', '3'));
    const rows: Rows = [['1'], ['3']];
    expect(taken('goose', folder, rows)).toMatchObject({
      codes: ['unapplied-below'],
      problems: [{ message: expect.stringContaining('has not applied 002_b, and has applied 003_c') }],
    });
    const late = taken('goose', folder, rows, { outOfOrder: 'apply' });
    expect(late).toMatchObject({ codes: [], names: ['001_a', '003_c'] });
    expect(late.notes.join()).toContain('has not applied 002_b');
  });

  test('files of another tool', () => {
    expect(taken('dbmate', folderOf(...of('goose', '1')), [['1']]).problems[0]).toMatchObject({
      code: 'other-source',
      message: expect.stringContaining('imported from goose (001_a'),
    });
  });

  test('no table in a database that is not empty', () => {
    const folder = folderOf(...of('goose', '1'));
    expect(taken('goose', folder, null).codes).toEqual(['other-table-missing']);
    expect(taken('goose', folder, null, { isEmpty: true })).toMatchObject({ codes: [], names: [] });
  });

  test('Rails: versions of structure.sql that are not applied, and later ones', () => {
    const folder = folderOf({ tool: 'rails', id: '3', details: ['1', '2'] });
    expect(taken('rails', folder, [['1'], ['2'], ['3']])).toMatchObject({ codes: [], names: ['001_a'] });
    expect(taken('rails', folder, [['1'], ['3']])).toMatchObject({
      codes: ['unapplied-below'],
      problems: [{ message: expect.stringContaining('Rails migrations 2,') }],
    });
    expect(taken('rails', folder, [['1'], ['2'], ['3'], ['4']]).codes).toEqual(['no-file-here']);
    expect(taken('rails', folder, [])).toMatchObject({ codes: [], names: [] });
  });
});

describe('the name of our own table', () => {
  test.each([
    [{ from: 'dbmate' }, {}, 'is called schema_migrations, and so is'],
    [{ from: 'rails' }, { table: 'schema_migrations' }, 'names schema_migrations'],
    [{ from: 'goose', fromTable: 'public.versions' }, { table: 'versions' }, 'names versions'],
    [{ from: 'dbmate', fromTable: 'public.schema_migrations' }, {}, 'is called schema_migrations'],
  ] as const)('%j with %j must be another one', (option, names, says) => {
    expect(ownTableProblem(option, names, 'postgresql')).toMatchObject({
      code: 'own-table',
      message: expect.stringContaining(says),
      remedy: expect.stringContaining("table: 'aurora_migrations'"),
    });
  });

  test.each([
    [{ from: 'dbmate' }, { table: 'aurora_migrations' }],
    [{ from: 'dbmate', fromTable: 'app.schema_migrations' }, {}],
    [{ from: 'goose' }, {}],
    [{ from: 'supabase' }, {}],
  ] as const)('%j with %j is free', (option, names) => {
    expect(ownTableProblem(option, names, 'postgresql')).toBe(null);
  });
});
