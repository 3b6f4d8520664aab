import { dirname } from 'node:path';
import { didYouMean } from '../core/did-you-mean.ts';
import { MigrationError, type Problem } from '../core/errors.ts';
import type { EngineName } from '../core/manifest.ts';
import { SOURCE_TOOLS, type SourceTool } from '../core/source.ts';
import { refuseCode } from './code-tools.ts';
import { fileText, writtenDown } from './file-text.ts';
import type { Found } from './found.ts';
import { giveVersions, nameOf, repeatableNames, type VersionRule } from './naming.ts';
import { Reading, type Remark } from './reading.ts';
import { guess, recognise } from './recognise.ts';
import { skips } from './skips.ts';
import { TOOLS } from './tools.ts';
import { settleTransaction } from './transactions.ts';
import { byCodeUnit, readTree, type Tree } from './tree.ts';

export interface ImportOptions {
  /** A name of `SOURCE_TOOLS`, or `auto`. */
  readonly tool: string;
  /** The folder of the other tool, or its one file. */
  readonly source: string;
  /** undefined: that of the source where it names one, else PostgreSQL. */
  readonly engine: EngineName | undefined;
  readonly skip: readonly string[];
  readonly values: ReadonlyMap<string, string>;
}

/** One migration as it is written. */
export interface ImportedFile {
  /** Without the folder. */
  readonly name: string;
  readonly text: string;
  /** Its files in the source. */
  readonly from: readonly string[];
  readonly id: string;
  readonly versionRule: VersionRule | 'repeatable';
  readonly isNonTransactional: boolean;
  readonly hasDown: boolean;
}

/** What an import writes, and what it does not. */
export interface Imported {
  readonly tool: SourceTool;
  readonly engine: EngineName;
  readonly files: readonly ImportedFile[];
  /** Files that are no migrations for the other tool either. */
  readonly leftOut: readonly Remark[];
  /** What `--skip` has named. */
  readonly skipped: readonly string[];
  readonly notes: readonly Remark[];
}

/** Reads the migrations of another tool as ours. Writes nothing. Throws a `MigrationError` with all that cannot be carried over. */
export function readImport(options: ImportOptions): Imported {
  refuseCode(options.tool);
  const tree = readTree(options.source);
  const tool = toolOf(options, tree);
  const display = displayOf(options.source, tree);
  const skip = skips(options.skip, display);
  const engine = options.engine ?? engineOf(tool, tree);
  const reading = new Reading({ tool, engine, tree, skips: skip, values: options.values, display });
  const found = TOOLS[tool].read(reading).map(one => ({
    ...one,
    up: settleTransaction(reading, one.up),
    down: one.down && settleTransaction(reading, one.down),
  }));
  if (found.length === 0 && reading.problems.length === 0) throw nothingFound(options, tree, tool);
  reading.finish();
  checkTool(options, tree, tool);
  const files = written(reading, found);
  checkOptions(reading, options);
  if (reading.problems.length > 0) throw new MigrationError(reading.problems.toSorted(byPlace));
  const { leftOut, notes } = reading;
  return { tool, engine, files, leftOut, skipped: [...skip.named].sort(), notes };
}

function byPlace(a: Problem, b: Problem): number {
  return byCodeUnit(a.place?.file ?? '', b.place?.file ?? '') || (a.place?.line ?? 0) - (b.place?.line ?? 0);
}

/** The engine that a source names itself. */
function engineOf(tool: SourceTool, tree: Tree): EngineName {
  const lock = 'migration_lock.toml';
  const isMysql = (tool === 'prisma' || tool === 'drizzle') && tree.paths.includes(lock);
  return isMysql && /provider\s*=\s*"mysql"/.test(tree.bytes(lock).toString('utf8')) ? 'mysql' : 'postgresql';
}

/** What stands before the paths of the source in messages. */
function displayOf(source: string, tree: Tree): string {
  const folder = tree.only === null ? source : dirname(source);
  return folder === '.' ? '' : `${folder.replace(/\/+$/, '')}/`;
}

function toolOf({ tool, source }: ImportOptions, tree: Tree): SourceTool {
  if (tool !== 'auto') return known(tool);
  const found = recognise(tree);
  if (found.length > 1)
    throw new MigrationError({
      code: 'unclear-source',
      message: `${source} has signs of ${found.join(' and of ')}`,
      remedy: `Name the tool that reads it: --from ${found[0]}`,
    });
  const guessed = found[0] ?? guess(tree);
  if (guessed !== undefined) return guessed;
  const sql = tree.paths.some(path => path.endsWith('.sql'));
  throw new MigrationError({
    code: sql ? 'unclear-source' : 'nothing-to-import',
    message: sql ? `Nothing in ${source} tells which tool its files are written for` : `${source} holds no .sql file`,
    remedy: sql
      ? 'Name the tool with --from; files named 001_name.sql with plain SQL are read by this tool as they are'
      : 'Name the folder that holds the migrations of the other tool',
  });
}

function known(tool: string): SourceTool {
  const found = SOURCE_TOOLS.find(one => one === tool);
  if (found !== undefined) return found;
  const near = didYouMean(tool, [...SOURCE_TOOLS, 'auto']);
  throw new MigrationError({
    code: 'unknown-tool',
    message: `"${tool}" is no tool whose migrations can be imported`,
    remedy: `${near ? `Did you mean ${near}? ` : ''}Give auto, or one of ${SOURCE_TOOLS.join(', ')}`,
  });
}

/** Nothing is imported from files that have the sure signs of other tools, and none of the one that was named. */
function checkTool({ tool: named, source }: ImportOptions, tree: Tree, tool: SourceTool): void {
  if (named === 'auto') return;
  const signs = recognise(tree);
  if (signs.length === 0 || signs.includes(tool) || READS.get(tool)?.some(other => signs.includes(other))) return;
  throw new MigrationError({
    code: 'wrong-tool',
    message: `The files in ${source} are written for ${signs.join(' or ')}, not for ${tool}`,
    remedy: `Run the import with --from ${signs[0]}`,
  });
}

/** Tools that read the files of others. */
const READS: ReadonlyMap<SourceTool, readonly SourceTool[]> = new Map([
  ['alchemy', ['drizzle']],
  ['supabase', ['drizzle']],
]);

function nothingFound({ source }: ImportOptions, tree: Tree, tool: SourceTool): MigrationError {
  const [other] = recognise(tree).filter(one => one !== tool);
  if (other !== undefined)
    return new MigrationError({
      code: 'wrong-tool',
      message: `${source} holds no migration of ${tool}, but looks like ${other}`,
      remedy: `Run the import with --from ${other}`,
    });
  const folder = folderBelow(tree);
  return new MigrationError({
    code: 'nothing-to-import',
    message: `${source} holds no migration of ${TOOLS[tool].title} (${TOOLS[tool].form})`,
    remedy: folder
      ? `Did you mean ${source.replace(/\/+$/, '')}/${folder}?`
      : 'Name the folder that holds its migrations',
  });
}

/** A folder below the source that holds SQL files. */
function folderBelow({ paths }: Tree): string | undefined {
  const path = paths.find(one => /\/[^/]*\.sql$/.test(one));
  return path?.replace(/\/(?:migration\.sql|[^/]*)$/, '').replace(/\/\d[^/]*$/, '');
}

function written(reading: Reading, found: readonly Found[]): ImportedFile[] {
  const versioned = found.filter(({ isRepeatable }) => !isRepeatable);
  const repeatable = found.filter(({ isRepeatable }) => isRepeatable);
  const tool = TOOLS[reading.tool];
  const versions = giveVersions(
    versioned.map(({ version }) => version),
    tool.order === 'text',
  );
  const names = repeatableNames(repeatable.map(({ title }) => title));
  return [
    ...versioned.map((one, at) => fileOf(reading, one, nameOf(versions[at]!.version, one.title), versions[at]!.rule)),
    ...repeatable.map((one, at) => fileOf(reading, one, names[at]!, 'repeatable')),
  ];
}

function fileOf(reading: Reading, found: Found, name: string, versionRule: ImportedFile['versionRule']): ImportedFile {
  const { engine, tool } = reading;
  const { id, up, down } = found;
  const text = fileText(tool, found, engine);
  if (text === undefined)
    reading.cannotCarry(
      'not-importable',
      up.file,
      1,
      `The id "${id}" cannot stand on the first line of a file`,
      'Rename it in a copy of the folder: no two blanks one after another, none at its ends',
    );
  const hasDown = writtenDown(found, engine) !== undefined;
  const from = [up.file, ...(hasDown && down!.file !== up.file ? [down!.file] : [])];
  return {
    name: `${name}.sql`,
    text: text ?? '',
    from,
    id,
    versionRule,
    isNonTransactional: up.isNonTransactional ?? false,
    hasDown,
  };
}

/** An option that has done nothing is a mistake of writing. */
function checkOptions({ skips: skip, settings }: Reading, { values, source }: ImportOptions): void {
  const unused = [
    ...skip.unused().map(name => `--skip ${name}`),
    ...[...values.keys()].filter(name => !settings.used.has(name)).map(name => `--set ${name}`),
  ];
  if (unused.length === 0) return;
  throw new MigrationError({
    code: 'unused-option',
    message: `Nothing in ${source} is meant by ${unused.join(', ')}`,
    remedy: 'Correct the name, or take the option out',
  });
}
