import { relative, sep } from 'node:path';
import { sha256 } from '../core/checksum.ts';
import { type LineComment, readDirectives } from '../core/directives.ts';
import type { Problem } from '../core/errors.ts';
import { checkNames } from '../core/identifier.ts';
import {
  type EngineName,
  type Manifest,
  type Migration,
  type MigrationBody,
  TRACKING_MIGRATION,
} from '../core/manifest.ts';
import { FILE_NAME_RULE, type FileName, LONGEST_NAME, readFileName } from '../core/name.ts';
import { nextVersion } from '../core/name-parts.ts';
import { compareMigrations, significant } from '../core/order.ts';
import type { SafetyRule } from '../core/safety.ts';
import { isDump } from '../core/schema-dump.ts';
import { type File, type Folder, readFolder } from './folder.ts';
import type { Grammar } from './grammar.ts';
import { type Draft, readMigration } from './migration.ts';
import { mysql } from './mysql/grammar.ts';
import { checkNeighbours, checkReplaced, checkStrays } from './neighbours.ts';
import { postgresql } from './postgresql/grammar.ts';
import { applyAllowances, type JudgedFinding } from './safety.ts';
import { Source } from './source.ts';
import { trackingMigration } from './tracking.ts';

export interface CompileOptions {
  /** The folder of the `.sql` files. */
  readonly dir: string;
  readonly engine: EngineName;
  /** Schema of the tracking tables. @default 'public' */
  readonly schema?: string;
  /** Name of the tracking table. @default 'schema_migrations' */
  readonly table?: string;
  /** MySQL: the database that is migrated, where it is known. What drops it, or works in another one, is refused. @default not known */
  readonly database?: string | undefined;
  /** Files are named relative to this folder. @default the current one */
  readonly relativeTo?: string;
  /** Whether the safety rules judge the migrations. @default true */
  readonly judges?: boolean;
}

/** A folder, compiled. With errors it must not be applied: what is wrong is missing from it. */
export interface Compiled {
  readonly manifest: Manifest;
  /** By name of the migration. */
  readonly bodies: ReadonlyMap<string, MigrationBody>;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  /** What the safety rules found, in the order of the migrations; those that a comment allows are among them. */
  readonly findings: readonly JudgedFinding[];
  /**
   * Judges again for a database of which the history is known. `pending`: names of the migrations that were never applied there: what they
   * make is new to running code.
   */
  judgeFor(pending: ReadonlySet<string>): JudgedFinding[];
}

/** Two files of a pair, or the one of a migration. */
interface Parts {
  readonly name: FileName;
  readonly up: File | undefined;
  readonly down: File | undefined;
}

/**
 * Compile a folder of migrations: all problems of all files at once, as values. Throws a `MigrationError` only where there is no folder
 * to read (`no-folder`), or a name of the tracking tables is not plain (`bad-identifier`).
 */
export async function compile(options: CompileOptions): Promise<Compiled> {
  checkNames(options);
  const { dir, relativeTo = '' } = options;
  return compileFolder(readFolder(dir, relativeTo), options);
}

/** Compiles a folder that has been read: with the same folder and options the result is the same. The names must have been checked. */
export async function compileFolder(folder: Folder, options: CompileOptions): Promise<Compiled> {
  const { dir, engine, table = 'schema_migrations', relativeTo = '', database } = options;
  // On MySQL a schema is a database: by default the migrated one.
  const { schema = engine === 'mysql' ? '' : 'public' } = options;
  const grammar = GRAMMARS[engine];
  await grammar.load();
  const errors: Problem[] = [];
  const warnings: Problem[] = [];
  const drafts: Draft[] = [];
  const sources: Source[] = [];
  const { files } = folder;
  const strays = checkStrays(folder.strays, dir, relative(relativeTo, dir).split(sep).join('/'), files.length === 0);
  errors.push(...strays.errors);
  warnings.push(...strays.warnings);
  for (const { name, up, down } of group(files, errors)) {
    const read = (file: File) => {
      if ('text' in file.content) return new Source(file.path, name.name, withLineEnds(file.content.text, engine));
      errors.push({ ...file.content.problem, migration: name.name });
      return undefined;
    };
    const upSource = up && read(up);
    const downSource = down && read(down);
    if (!upSource || (down && !downSource)) continue;
    const pair = { up: upSource, down: downSource ?? null };
    const draft = readMigration(name, pair, grammar, { schema, table, database });
    sources.push(upSource, ...(downSource ? [downSource] : []));
    if (draft) drafts.push(draft);
  }
  grammar.checkFolder?.(drafts.flatMap(({ sections }) => sections));
  drafts.sort((a, b) => compareMigrations(a.entry, b.entry));
  const findings = judge(drafts, grammar, options);
  errors.push(...sources.flatMap(source => inOrder(source.errors)));
  warnings.push(...sources.flatMap(source => inOrder(source.warnings)));
  const tracking = trackingMigration(engine);
  const created = new Set(drafts.flatMap(draft => [...draft.up.creates]));
  const ordered = drafts.map(draft => ({ entry: settle(draft, created), body: draft.body }));
  const entries = ordered.map(({ entry }) => entry);
  errors.push(...checkReplaced(entries));
  warnings.push(...checkNeighbours(entries));
  const all = [tracking, ...ordered];
  const migrations = all.map(({ entry }) => entry);
  return {
    manifest: { format: 1, engine, digest: digest(engine, all), migrations },
    bodies: new Map(all.map(({ entry, body }) => [entry.name, body])),
    errors,
    warnings,
    findings,
    judgeFor: pending => judge(drafts, grammar, { pending }),
  };
}

/** The mysql client sends LF for each CRLF of a file, also within texts. A dump says what is there, CR in the bodies of routines too. */
function withLineEnds(text: string, engine: EngineName): string {
  return engine === 'mysql' && !isDump(text) ? text.replaceAll('\r\n', '\n') : text;
}

/** Judges the up sections by the safety rules of the engine, and applies the comments that let findings pass. */
function judge(
  drafts: readonly Draft[],
  { safety }: Grammar,
  { judges = true, pending }: { readonly judges?: boolean; readonly pending?: ReadonlySet<string> },
): JudgedFinding[] {
  const rules = { known: safety.rules.map(({ id }) => id), isComplete: judges && pending === undefined };
  const toJudge = drafts.map(({ entry, source, up }) => ({ name: entry.name, source, up }));
  const found = judges ? safety.judge(toJudge, pending ?? new Set()) : [];
  return drafts.flatMap(({ source, comments, up }, at) => {
    const starts = up.judged.map(({ offset }) => offset);
    return applyAllowances({ source, comments, starts, findings: found[at] ?? [] }, rules);
  });
}

const GRAMMARS: Readonly<Record<EngineName, Grammar>> = { postgresql, mysql };

/** The safety rules of all engines. */
export function safetyRules(): SafetyRule[] {
  return Object.values(GRAMMARS).flatMap(({ safety }) => safety.rules);
}

/** Files to migrations, by name; what fits no rule or meets another is reported and left out. */
function group(files: readonly File[], errors: Problem[]): Parts[] {
  const parts = new Map<string, Parts>();
  const versions = new Map<string, string>();
  const complain = (file: File, code: string, message: string, remedy: string) =>
    errors.push({ code, message, remedy, place: { file: file.path, line: 1 } });
  for (const file of files) {
    const name = readFileName(file.base);
    if (!name) {
      complain(file, 'bad-name', 'The name of the file fits no rule', `Name it ${FILE_NAME_RULE}`);
      continue;
    }
    if (name.name.length > LONGEST_NAME) {
      complain(file, 'long-name', `The name has ${name.name.length} characters`, `Shorten it to ${LONGEST_NAME}`);
      continue;
    }
    if (name.name === TRACKING_MIGRATION) {
      complain(file, 'reserved-name', `${TRACKING_MIGRATION} comes with the package`, 'Delete the file');
      continue;
    }
    const known = parts.get(name.name);
    const half = name.part === 'down' ? 'down' : 'up';
    const version = name.version === null ? undefined : significant(name.version);
    // The other half of a pair shares its version; anything else that does is in its way.
    const isOtherHalf = known && !known[half] && name.part !== 'whole' && known.name.part !== 'whole';
    const taken = known ? (known.up ?? known.down)?.path : version !== undefined && versions.get(version);
    if (taken && !isOtherHalf) {
      const other = files.find(({ path }) => path === taken)!;
      const remedy =
        replacedBy(file, other) ??
        replacedBy(other, file) ??
        `Renumber one of the two and change nothing else in it: \`${renumber(file, files)}. Keep the words after the number: they are how a database that has it recognises it`;
      complain(file, 'duplicate-version', `Version ${name.version} is taken by ${taken}`, remedy);
      continue;
    }
    if (version !== undefined) versions.set(version, file.path);
    const ofUp = half === 'up' ? name : (known?.name ?? name);
    parts.set(name.name, { name: ofUp, up: known?.up, down: known?.down, [half]: file });
  }
  for (const { up, down } of parts.values()) {
    if (down && !up)
      complain(
        down,
        'no-up-file',
        'There is a down file and no up file',
        'Add the up file beside it, or delete this one',
      );
  }
  return [...parts.values()];
}

/** What to do with a file whose migration a squash names as one that it replaces; undefined: it does not. */
function replacedBy(squash: File, { path, base }: File): string | undefined {
  if (!('text' in squash.content)) return undefined;
  const comments = (squash.content.text.match(/^--.*$/gm) ?? []).map(toLineComment);
  const { replaces = [] } = readDirectives(comments).options;
  const name = readFileName(base)?.name;
  return replaces.some(one => one.name === name) ? `Delete ${path}: ${squash.base} replaces it` : undefined;
}

const toLineComment = (text: string): LineComment => ({ text, startsLine: true, afterStatement: false });

/** The command that gives a file the next free number. The words stay: they are how a database that has the migration recognises it. */
function renumber({ path, base }: File, files: readonly File[]): string {
  const next = nextVersion(files.flatMap(one => readFileName(one.base)?.version ?? []));
  const renamed = path.replace(/\d+(?=_[^/]*$)/, next);
  return `git mv ${path} ${renamed}\`${/\.(up|down)\.sql$/.test(base) ? ', both files of the pair' : ''}`;
}

/** As they stand in their file. */
function inOrder(problems: readonly Problem[] = []): Problem[] {
  const key = ({ place }: Problem) => (place?.line ?? 0) * 1e7 + (place?.column ?? 0);
  return problems.toSorted((a, b) => key(a) - key(b));
}

/** What depends on the other migrations: names of things that one of them makes, and calls of functions whose effect nobody knows. */
function settle({ entry, up }: Draft, created: ReadonlySet<string>): Migration {
  const names = new Set(up.names);
  for (const name of up.mentions) if (created.has(name)) names.add(name);
  const call = up.calls.find(({ name }) => created.has(name));
  const destructive =
    call && (!entry.destructive || call.line < entry.destructive.line)
      ? { what: `calls function ${call.name}`, line: call.line }
      : entry.destructive;
  const once = up.repeats.map(({ sum, isRepeatable, calls }) =>
    isRepeatable && !calls.some(name => created.has(name)) ? '' : sum,
  );
  return { ...entry, names: [...names].sort(), once, destructive };
}

/** Over all that a run acts on, and not over where the files lay. */
function digest(engine: EngineName, all: readonly { entry: Migration; body: MigrationBody }[]): string {
  const entries = all.map(({ entry: { file: _, ...entry }, body }) => [entry, sha256(JSON.stringify(body))]);
  return sha256(JSON.stringify([1, engine, entries]));
}
