import { chainedChecksums } from '../../core/checksum.ts';
import { statementsOf } from '../../core/script.ts';
import type { ScriptRun } from '../engine.ts';
import { TAG } from './names.ts';
import { settingsBefore } from './statement/settings.ts';
import { type Unit, unitsOf } from './statement/units.ts';

/** One execution of a script: what is constant of it. */
export class Attempt {
  readonly task: ScriptRun;
  readonly number: number;
  readonly units: readonly Unit[];
  readonly total: number;
  /** The checksum of the first n statements, for each n. */
  readonly chain: readonly string[];
  readonly startedAt = Date.now();
  readonly #statements: readonly string[];

  constructor(task: ScriptRun) {
    const { facts } = task.script;
    this.task = task;
    this.number = (task.before?.attempt ?? 0) + 1;
    this.units = unitsOf(facts);
    this.total = facts.lines.length;
    this.chain = chainedChecksums(facts.sums);
    this.#statements = statementsOf(task.script).map(({ sql }) => sql);
  }

  /** A statement as it is sent, without its tag: without its semicolon, and as it was rewritten for the service. */
  sql(statement: number): string {
    const rewritten = this.task.script.facts.rewritten?.find(one => one.statement === statement)?.sql;
    return rewritten ?? this.#statements[statement - 1]!.replace(/;\s*$/, '');
  }

  /** The leading comment by which the activity view shows what a statement belongs to. */
  tag(statement: number): string {
    const { run, name } = this.task;
    return `${TAG}run:${run.runId} name:${name} statement:${statement} */`;
  }

  /** The attempt before this one died: its row still says that it is running. */
  get interrupts(): number | null {
    const { before } = this.task;
    return before?.status === 'running' ? before.attempt : null;
  }

  /** Another attempt did not come to its end: something may be executed already, or in flight. */
  get resumes(): boolean {
    return /^(running|failed)$/.test(this.task.before?.status ?? '');
  }

  /** The SETs before a statement, as few statements as they can be. `own` assignments go with the first. */
  settings(statement: number, own: readonly string[]): string[] {
    return settingsBefore(this.task.script.facts, statement, own, number => this.sql(number));
  }
}
