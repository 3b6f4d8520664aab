import type { Migration } from '../../../lib/core/manifest.ts';
import { match } from '../../../lib/core/match.ts';
import { wordsOf } from '../../../lib/core/name-parts.ts';
import { compareMigrations } from '../../../lib/core/order.ts';
import { executes, type Plan, type PlanOptions, type Step } from '../../../lib/core/plan.ts';
import { isHalfDone, isInForce } from '../../../lib/core/state.ts';
import { undoNames } from '../../../lib/core/undo.ts';
import { factsOf, historyOf, identityIn, manifestOf, planOf, type Row, rowOf } from './history.ts';
import { compileFolder, copyOf, type Folder, type Statement, statementsOf } from './team.ts';

/** What a wrong plan did: a change executed twice, lost, or never executed; or a second deploy that still finds something to do. */
export interface Fault {
  readonly kind: string;
  readonly what: number | string;
}

/** What is in a database of one change. */
interface Effect {
  readonly count: number;
  readonly statement: Statement;
  readonly killer: number | null;
}

export type Decide = (files: readonly Migration[], rows: readonly Row[], options: PlanOptions) => Plan;

/** A database, which knows what people meant by each statement, and judges each deploy with that knowledge. */
export class TestDatabase {
  rows: Row[] = [];
  effects = new Map<number, Effect>();
  /** The folder of the last deploy that went well: what a stack comes back to. */
  green: Folder = [];
  saved: Pick<TestDatabase, 'rows' | 'effects' | 'green'>[] = [];
  readonly faults = new Map<string, Fault>();
  /** Every statement that was executed, in order. */
  readonly runs: { change: number; text: string; version: string | null; words: string }[] = [];
  readonly #forgiven: Set<number>;
  readonly #decide: Decide;
  readonly #options: PlanOptions;

  constructor(forgiven: Set<number>, decide: Decide, options: PlanOptions) {
    this.#forgiven = forgiven;
    this.#decide = decide;
    this.#options = options;
  }

  /** What a deploy of this folder would do. */
  plan(folder: Folder): Plan {
    return this.#decide(compileFolder(folder), this.rows, this.#options);
  }

  /** `failAt`: the statement of this deploy that fails, 0 for none. */
  deploy(folder: Folder, { failAt = 0, reverts = false } = {}): 'stopped' | 'failed' | 'applied' {
    const files = compileFolder(folder);
    const { steps, problems } = this.#decide(files, this.rows, this.#options);
    if (problems.length > 0) return 'stopped';
    const before = new Map(this.effects);
    this.#record(files, steps);
    let left = failAt;
    for (const step of steps.filter(executes)) {
      const file = files.find(({ name }) => name === step.migration)!;
      const todo = statementsOf(file).slice(step.from - 1);
      if (left > 0 && left <= todo.length) {
        const done = file.mode === 'stepwise' ? step.from + left - 2 : 0;
        if (file.mode === 'stepwise') this.#execute(todo.slice(0, left - 1), file);
        this.rows.push(rowOf(file, { status: 'failed', done }));
        this.#rollBack(reverts, before);
        return 'failed';
      }
      left = Math.max(0, left - todo.length);
      this.#execute(todo, file);
      this.rows.push(rowOf(file));
      this.#replace(file);
    }
    this.green = folder;
    this.#audit(files);
    const again = this.#decide(files, this.rows, this.#options);
    if (again.problems.length + again.steps.length > 0)
      this.#fault('not-settled', again.problems[0]?.code ?? again.steps[0]!.reason);
    return 'applied';
  }

  /** With the knowledge of all that people meant: whether a careful person would look before this folder is applied here. */
  needsAPerson(folder: Folder): boolean {
    const changes = new Set(folder.flatMap(({ up }) => up.map(({ change }) => change)));
    const isHere = ({ change }: Statement) => this.#count(change) > 0;
    const isOther = (one: Statement) => isHere(one) && this.effects.get(one.change)!.statement.edition !== one.edition;
    // A part of one file is here and a part is not: an edit, a split, a merge, or half done.
    if (folder.some(({ up }) => up.some(one => one.isOnce && isOther(one)) || (up.some(isHere) && !up.every(isHere))))
      return true;
    // Statements of an applied file have gone while the rest of it is still there.
    return [...new Set(this.rows.map(({ name }) => identityIn(this.rows, name)!))].some(one => {
      if (!isInForce(one)) return false;
      const row = this.rows.findLast(({ name, status }) => one.names.has(name) && status !== 'failed')!;
      const statements = statementsOf(row.migration);
      return (
        statements.some(({ change }) => changes.has(change)) &&
        statements.some(each => !changes.has(each.change) && isHere(each))
      );
    });
  }

  down(folder: Folder, steps: number): void {
    const isUnfinished = this.rows.some(({ name }) => isHalfDone(identityIn(this.rows, name)!));
    if (!isUnfinished) this.#undo(compileFolder(folder), { steps });
  }

  snapshot(): void {
    this.saved.push({ rows: [...this.rows], effects: new Map(this.effects), green: this.green });
  }

  restore(): void {
    const last = this.saved.at(-1);
    if (last) Object.assign(this, { rows: [...last.rows], effects: new Map(last.effects), green: last.green });
  }

  /** All rows that execute nothing are written before the first statement. */
  #record(files: readonly Migration[], steps: readonly Step[]): void {
    for (const { migration: name, reason, other } of steps) {
      const file = files.find(one => one.name === name)!;
      if (other !== undefined) {
        const identity = identityIn(this.rows, other)!;
        const row = this.rows.findLast(
          one => identity.names.has(one.name) && (isHalfDone(identity) ? one.done > 0 : one.status !== 'failed'),
        )!;
        const migration = copyOf(row.migration, { name, version: file.version });
        this.rows.push({ ...row, migration, name, otherName: other });
      } else if (reason === 'baseline' || (reason === 'replaces' && !isInForce(identityIn(this.rows, name))))
        this.rows.push(rowOf(file, { status: 'baselined' }));
      if (reason === 'replaces') this.#replace(file);
    }
  }

  #execute(statements: readonly Statement[], file: Migration): void {
    for (const statement of statements) {
      const { change, text, kills = [] } = statement;
      for (const [one, was] of this.effects)
        if (was.count > 0 && kills.includes(was.statement.sameAs ?? one))
          this.effects.set(one, { ...was, count: 0, killer: change });
      this.runs.push({ change, text, version: file.version, words: wordsOf(file.name) });
      this.effects.set(change, { count: this.#count(change) + 1, statement, killer: null });
    }
  }

  /** After a squash, each migration that it contains is applied for older code too. */
  #replace(squash: Migration): void {
    if (squash.replaces.length < 2) return;
    for (const { name } of squash.replaces) {
      const identity = identityIn(this.rows, name);
      if (identity?.inForce?.status === 'replaced') continue;
      const row = this.rows.findLast(one => one.name === name && one.status !== 'failed');
      const migration = row?.migration ?? { ...squash, name, once: [], names: [], drops: [], statementsChecksum: '' };
      this.rows.push(rowOf(migration, { name, status: 'replaced', otherName: squash.name }));
    }
  }

  /** CloudFormation brings the old folder back, maybe with `onRollback: 'revert'`. Nothing that the old folder has may be lost. */
  #rollBack(reverts: boolean, before: ReadonlyMap<number, Effect>): void {
    if (!reverts) return;
    const files = compileFolder(this.green);
    this.#undo(files, 'missing');
    const { own } = match(manifestOf(files), historyOf(this.rows));
    for (const file of files.filter(one => isInForce(own.get(one))))
      for (const { change } of statementsOf(file))
        if ((before.get(change)?.count ?? 0) > this.#count(change)) this.#fault('rollback-lost', change);
  }

  #undo(files: readonly Migration[], what: { steps: number } | 'missing'): void {
    const facts = factsOf(files, this.rows, null);
    for (const name of undoNames(manifestOf(files), historyOf(this.rows), facts, what)) {
      const identity = identityIn(this.rows, name)!;
      const executed = this.rows.findLast(
        (row, at) =>
          identity.names.has(row.name) &&
          row.status === 'applied' &&
          row.otherName === null &&
          at + 1 === identity.executedAt,
      );
      if (!executed) continue;
      this.#takeBack(statementsOf(executed.migration));
      this.rows.push({ ...executed, name, status: 'reverted', otherName: null });
      for (const other of new Set(this.rows.map(row => row.name))) {
        const contained = identityIn(this.rows, other);
        if (contained?.replacedBy && identity.names.has(contained.replacedBy) && contained.name === other)
          this.rows.push({ ...this.rows.findLast(row => row.name === other)!, status: 'reverted', otherName: null });
      }
    }
  }

  #takeBack(statements: readonly Statement[]): void {
    for (const { change, isOnce } of statements) {
      for (const [one, was] of this.effects)
        if (was.killer === change) this.effects.set(one, { ...was, count: 1, killer: null });
      const was = this.effects.get(change);
      if (!was) continue;
      // Two migrations made one object anew: to undo either drops it.
      if (!isOnce && this.#holders(change) > 1) this.#forgiven.add(change);
      const count = isOnce ? was.count - 1 : 0;
      if (count < 0 && was.killer === null) this.#fault('undone-twice', change);
      this.effects.set(change, { ...was, count });
    }
  }

  #holders(change: number): number {
    const identities = new Set(this.rows.map(({ name }) => identityIn(this.rows, name)!));
    return [...identities].filter(one => {
      const row = this.rows.findLast(({ name, status }) => name === one.name && status === 'applied');
      return isInForce(one) && row && statementsOf(row.migration).some(statement => statement.change === change);
    }).length;
  }

  #count(change: number): number {
    return this.effects.get(change)?.count ?? 0;
  }

  #fault(kind: string, what: number | string): void {
    if (typeof what === 'number' && this.#forgiven.has(what)) return;
    const runs = this.runs.filter(({ change }) => change === what);
    const isNew = runs.some((run, at) => {
      const before = runs[at - 1];
      return before && run.text !== before.text && run.words !== before.words && run.version !== before.version;
    });
    const named = isNew ? 'nothing left to recognise' : kind;
    this.faults.set(`${named} ${what}`, { kind: named, what });
  }

  /** What a person expects after a deploy that went well. */
  #audit(files: readonly Migration[]): void {
    this.#forgive(files);
    const versioned = files.filter(({ version }) => version !== null);
    const statements = versioned.flatMap(statementsOf);
    // Of changes with the same text, any may stand for any other.
    const isBalanced = (text: string) => {
      const twins = statements.filter(one => one.text === text);
      return twins.length > 1 && twins.reduce((sum, { change }) => sum + this.#count(change), 0) === twins.length;
    };
    for (const [change, { count, statement }] of this.effects)
      if (statement.isOnce && count > 1 && !isBalanced(statement.text)) this.#fault('twice', change);
    for (const file of versioned.filter(({ name }) => identityIn(this.rows, name)?.inForce?.status !== 'replaced'))
      for (const statement of statementsOf(file))
        if (!isBalanced(statement.text)) this.#auditStatement(files, file, statement);
        else this.#auditEdition(statement);
  }

  #auditStatement(files: readonly Migration[], file: Migration, statement: Statement): void {
    const { change, sameAs } = statement;
    const isKilledBefore = (killer: number) =>
      files.some(other => statementsOf(other).some(one => one.change === killer) && compareMigrations(other, file) < 0);
    const root = sameAs ?? change;
    const effects = [...this.effects];
    const killer =
      this.effects.get(change)?.killer ??
      effects.find(([, one]) => one.killer && one.statement.sameAs === root)?.[1].killer ??
      this.effects.get(sameAs ?? -1)?.killer;
    // The database is ahead, or the folder itself drops it.
    if (killer && this.#count(change) < 1 && !isKilledBefore(killer)) return;
    // Made again after a drop that this database never saw: what is meant is there.
    const isMeant = effects.some(
      ([one, { count, statement: its }]) => count > 0 && (one === root || its.sameAs === root),
    );
    if (this.#count(change) < 1 && !isMeant) this.#fault('skipped', change);
    else this.#auditEdition(statement);
  }

  #auditEdition({ change, edition }: Statement): void {
    const has = this.effects.get(change);
    if (has && has.statement.edition !== edition && this.#options.onChanged !== 'ignore')
      this.#fault('not-true', change);
  }

  /** A folder that holds one change twice (a bad merge), or a squash that is none any more, is its author's doing. */
  #forgive(files: readonly Migration[]): void {
    const seen = new Set<number>();
    for (const file of files)
      for (const { change } of statementsOf(file)) (seen.has(change) ? this.#forgiven : seen).add(change);
    for (const file of files)
      if (file.replaces.length > 1 && statementsOf(file).some(({ text }) => !text.startsWith('dump')))
        for (const { change } of statementsOf(file)) this.#forgiven.add(change);
  }
}

export const byTheRules: Decide = (files, rows, options) => planOf(files, rows, options);

/** As if a migration were its name: what is to be found out by the model. */
export const byName: Decide = (files, rows, options) => {
  const known = new Set(files.map(({ name }) => name));
  return planOf(
    files,
    rows.filter(({ name }) => known.has(name)).map(row => ({ ...row, otherName: null })),
    options,
  );
};
