import type { Problem } from '../core/errors.ts';
import type { Migration } from '../core/manifest.ts';
import type { SourceTool } from '../core/source.ts';
import type { BaselineFrom } from '../core/take-over.ts';
import type { AppliedRow, OtherTable } from './other-table.ts';
import { OTHER_TABLES } from './other-tables.ts';
import type { OtherHistory } from './read-applied.ts';

/** How many names a message lists. */
const LISTED = 10;

export function listed(names: readonly string[]): string {
  const more = names.length > LISTED ? `, and ${names.length - LISTED} more` : '';
  return `${names.slice(0, LISTED).join(', ')}${more}`;
}

const ids = (rows: readonly AppliedRow[]) => listed(rows.map(({ id }) => id));
const namesOf = (files: readonly Migration[]) => listed(files.map(({ name }) => name));

export function otherSource(tool: SourceTool, { name, file, source }: Migration): Problem {
  return {
    code: 'other-source',
    message: `The files were imported from ${source!.tool} (${name} says so in its first line), and the baseline is to come from ${tool}`,
    remedy: `Write from: '${source!.tool}' (--from ${source!.tool}), or import the files again with --from ${tool}`,
    migration: name,
    place: { file, line: 1 },
  };
}

export function emptyDatabase(tool: SourceTool): string {
  return `The database is empty and has no table of ${tool}: every migration is run`;
}

export function missingTable(
  { fromTable }: BaselineFrom,
  { names, schema }: OtherTable,
  { instead }: OtherHistory,
): Problem {
  const usual = names.map(name => (schema === undefined ? name : `${schema}.${name}`)).join(' or ');
  const where = fromTable ?? `${usual} in any schema that the user of the secret may see`;
  const others = instead.length === 0 ? '' : `. There is ${instead.join(', ')} instead`;
  return {
    code: 'other-table-missing',
    message: `The database is not empty, and the table ${where} is not there, or the user has no right on it${others}`,
    remedy:
      'Name the table with fromTable (--from-table SCHEMA.TABLE), name the other tool, or take the database over by version (baseline: VERSION, --to VERSION)',
  };
}

export function unfinished(tool: SourceTool, table: string, rows: readonly AppliedRow[]): Problem {
  const locked = rows.some(({ state }) => state === 'locked');
  return {
    code: locked ? 'other-tool-locked' : 'other-tool-failed',
    message: locked
      ? `${tool} is at work in this database, or left its lock behind: ${table} has one`
      : `${tool} has migrations that failed or are not finished, by its table ${table}: ${ids(rows)}. Nothing was recorded`,
    remedy: `${OTHER_TABLES[tool].repair}. Then run this again`,
  };
}

export function noFile(tool: SourceTool, table: string, rows: readonly AppliedRow[]): Problem {
  return {
    code: 'no-file-here',
    message: `${tool} has applied what is no file of this folder, by its table ${table}: ${ids(rows)}`,
    remedy: `Import the folder of ${tool} again, or name what is meant to have no file (a migration that is code) with skip (--skip ID,ID)`,
  };
}

export function lateFiles(tool: SourceTool, files: readonly Migration[], newest: Migration): Problem {
  return {
    code: 'unapplied-below',
    message: `${tool} has not applied ${namesOf(files)}, and has applied ${newest.name}, which is newer`,
    remedy: `Apply it with ${tool} first; or set outOfOrder: 'apply' to let it run here, after the newer ones`,
    migration: files[0]!.name,
    place: { file: files[0]!.file, line: 1 },
  };
}

export function lateNote(tool: SourceTool, files: readonly Migration[]): string {
  return `${tool} has not applied ${namesOf(files)}, which is older than what it has applied: it is pending`;
}

export function counted(tool: SourceTool, table: string, covered: number, all: number): string {
  return `By the table ${table} of ${tool}, ${covered} of ${all} migrations are applied`;
}

export function olderRows(tool: SourceTool, rows: readonly AppliedRow[]): string {
  return `What ${tool} applied before the first file of this folder has no file here: ${ids(rows)}`;
}

export function skipped(tool: SourceTool, { name }: Migration): string {
  return `${tool} passed over ${name}: it is pending`;
}

export function outdated(tool: SourceTool, { name }: Migration): string {
  return `${name} was changed after ${tool} applied it: it is run once more, as ${tool} would`;
}

export function edited(tool: SourceTool, { name }: Migration): string {
  return `The file of ${name} was edited after ${tool} applied it: \`diff\` shows what the database does not have`;
}
