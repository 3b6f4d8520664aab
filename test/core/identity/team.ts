import type { Migration, Replaced } from '../../../lib/core/manifest.ts';
import { compareMigrations, significant } from '../../../lib/core/order.ts';
import { migrationOf, type TestStatement } from './history.ts';

/** A statement that a person has in mind. `change` is that idea, `edition` how often it was edited; the tool sees the text alone. */
export interface Statement extends TestStatement {
  readonly change: number;
  readonly edition: number;
  /** Written again with the same text, by intention: any of these may stand for any other. */
  readonly sameAs?: number;
  /** The changes that this one takes away. */
  readonly kills?: readonly number[];
}

/** A file of a folder. `id` stays the same through renames. */
export interface TeamFile {
  readonly id: number;
  readonly version: string;
  readonly words: string;
  readonly up: readonly Statement[];
  readonly isStepwise: boolean;
  readonly isRepeatable?: boolean | undefined;
  readonly replaces?: readonly Replaced[] | undefined;
  readonly again?: readonly string[] | undefined;
}

export type Folder = readonly TeamFile[];
export type Branch = 'main' | 'a' | 'b';

export function nameOf({ isRepeatable, version, words }: TeamFile): string {
  return isRepeatable ? `R__${words}` : `${version}_${words}`;
}

export function compileFile(file: TeamFile): Migration {
  const { up, isStepwise, replaces = [], again = [] } = file;
  return migrationOf(nameOf(file), up, { mode: isStepwise ? 'stepwise' : 'atomic', replaces, again });
}

/** What the real compiler found out about files, by their names and statements. */
const real = new Map<string, Migration>();

function keyOf({ up, isStepwise, ...file }: TeamFile): string {
  return JSON.stringify([nameOf({ up, isStepwise, ...file }), up.map(({ text }) => text), isStepwise]);
}

/** Lets `compileFolder` give what the real compiler made of the files of this folder. */
export function withCompiled(folder: Folder, migrations: readonly Migration[]): void {
  for (const file of folder) {
    const entry = migrations.find(({ name }) => name === nameOf(file))!;
    real.set(keyOf(file), { ...entry, description: JSON.stringify(file.up.map(({ text }) => text)) });
  }
}

/** Lets it make the facts up again. */
export function withoutCompiled(): void {
  real.clear();
}

/** The statements of compiled files, which remember what the people meant by them. */
const meant = new WeakMap<Migration, readonly Statement[]>();

export function compileFolder(files: Folder): Migration[] {
  return files.map(file => {
    // A copy: two files of one text may be meant differently.
    const known = real.get(keyOf(file));
    const migration = known ? { ...known } : compileFile(file);
    meant.set(migration, file.up);
    return migration;
  });
}

export function statementsOf(migration: Migration): readonly Statement[] {
  return meant.get(migration) ?? [];
}

export function copyOf(migration: Migration, more: Partial<Migration>): Migration {
  const copy = { ...migration, ...more };
  meant.set(copy, statementsOf(migration));
  return copy;
}

/** The repository of a team: branches of one folder, and what people do to its files. */
export class Repository {
  readonly branches: Record<Branch, Folder> = { main: [], a: [], b: [] };
  readonly bases: Record<'a' | 'b', Folder> = { a: [], b: [] };
  readonly commits: Folder[] = [[]];
  readonly retired: TeamFile[] = [];
  readonly usesTimestamps: boolean;
  changes = 0;
  ids = 0;
  clock = 100;

  constructor(usesTimestamps = false) {
    this.usesTimestamps = usesTimestamps;
  }

  statement({ isOnce = true, text = null }: { isOnce?: boolean; text?: string | null } = {}): Statement {
    const change = ++this.changes;
    return { change, edition: 1, text: text ?? `s${change}.1`, isOnce, object: `o${(change * 7) % 23}` };
  }

  next(files: Folder): string {
    if (this.usesTimestamps) return `2024${String(this.clock++).padStart(10, '0')}`;
    return String(Math.max(0, ...files.map(({ version }) => Number(version))) + 1).padStart(3, '0');
  }

  add(branch: Branch, { words, up, ...more }: Pick<TeamFile, 'words' | 'up'> & Partial<TeamFile>): void {
    const files = this.branches[branch];
    this.set(branch, [...files, { id: ++this.ids, version: this.next(files), words, up, isStepwise: false, ...more }]);
  }

  /** What `check` refuses, two files of one name or one version, never reaches a database. */
  set(branch: Branch, files: Folder): void {
    const versioned = files.filter(file => !file.isRepeatable);
    const names = new Set(files.map(nameOf));
    const versions = new Set(versioned.map(({ version }) => significant(version)));
    if (names.size < files.length || versions.size < versioned.length) return;
    this.branches[branch] = files;
    if (branch === 'main') this.commits.push(files);
  }

  change(branch: Branch, pick: number, edit: (file: TeamFile, files: Folder) => TeamFile | TeamFile[] | null): void {
    const files = this.branches[branch];
    const file = files[pick % files.length];
    const result = file && edit(file, files);
    if (result)
      this.set(
        branch,
        files.flatMap(one => (one === file ? result : [one])),
      );
  }

  edited(statement: Statement): Statement {
    const edition = statement.edition + 1;
    return { ...statement, edition, text: `s${statement.change}.${edition}.${++this.clock}` };
  }

  branchOff(branch: 'a' | 'b'): void {
    this.branches[branch] = this.branches.main;
    this.bases[branch] = this.branches.main;
  }

  /** A three-way merge by file; of two files of one version, one gets the next free number, as `check` asks. */
  merge(branch: 'a' | 'b', renumbersIncoming: boolean): void {
    const [base, theirs] = [this.bases[branch], this.branches[branch]];
    const find = (files: Folder, { id }: TeamFile) => files.find(one => one.id === id);
    let merged: Folder = this.branches.main
      .filter(one => find(theirs, one) || !find(base, one))
      .map(one => {
        const [was, is] = [find(base, one), find(theirs, one)];
        if (!was || !is) return one;
        const pick = <K extends keyof TeamFile>(key: K) => (is[key] !== was[key] ? is[key] : one[key]);
        const [version, words, up] = [pick('version'), pick('words'), pick('up')];
        return { ...one, version, words, up, isRepeatable: pick('isRepeatable') };
      });
    for (const file of theirs.filter(one => !find(base, one) && !find(merged, one))) {
      const isRival = (one: TeamFile) =>
        !one.isRepeatable && !file.isRepeatable && significant(one.version) === significant(file.version);
      const rival = merged.find(isRival);
      const version = rival && this.next([...merged, ...theirs]);
      if (!rival || !version) merged = [...merged, file];
      else if (renumbersIncoming) merged = [...merged, { ...file, version }];
      else merged = [...merged.map(one => (one === rival ? { ...one, version } : one)), file];
    }
    const place = (file: TeamFile) => ({ name: nameOf(file), version: file.isRepeatable ? null : file.version });
    this.set(
      'main',
      merged.toSorted((a, b) => compareMigrations(place(a), place(b))),
    );
    this.branchOff(branch);
  }

  /** The first files as one, which says the same in other words. */
  squash(branch: Branch, count: number, isDeclared: boolean, takesLastVersion: boolean): void {
    const files = this.branches[branch];
    const old = files.filter(({ isRepeatable }) => !isRepeatable).slice(0, count);
    if (old.length < 2) return;
    const up = old.flatMap(one => one.up.map(each => ({ ...each, text: `dump of ${each.change}.${each.edition}` })));
    const replaces = old.flatMap(one => [
      { name: nameOf(one), checksum: compileFile(one).statementsChecksum },
      ...(one.replaces ?? []),
    ]);
    const version = takesLastVersion ? old.at(-1)!.version : this.next(old);
    const squash = { id: ++this.ids, version, words: 'squashed', up, isStepwise: false };
    this.set(branch, [{ ...squash, ...(isDeclared && { replaces }) }, ...files.filter(one => !old.includes(one))]);
  }
}
