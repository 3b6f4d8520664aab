import { DatabaseError } from '../../core/database.ts';
import type { Bound, Ddl, Judge } from '../../core/manifest.ts';
import type { InFlight } from './checkpoints.ts';
import { ER, isError, isUntold, refused, withNumber } from './errors.ts';
import { LONGEST_STATEMENT, lostSession, refusedText, tooLong } from './failure.ts';
import type { Journal } from './journal.ts';
import type { PinnedSession } from './pinned-session.ts';
import type { Answered } from './resolve-in-flight.ts';
import type { Attempt } from './script-run.ts';
import { sendStatement } from './send-statement.ts';
import { implicitCommitOf } from './statement/judges.ts';
import { isNoOperation, preparedStatementOf, readStatement, withVariables } from './statement/prepared-text.ts';
import { headOf, isSet, returnsRows as returnsRowsOf } from './statement/statement-kind.ts';
import { StatementFailed, Stopped } from './statement-failed.ts';
import type { Unit } from './units.ts';

/** A transaction is committed, with its checkpoint, when it has lasted so long. */
const TRANSACTION_MS = 10_000;

/** A statement as it is sent, where that is not what the script says. */
interface Sent {
  readonly sql: string;
  readonly returnsRows: boolean;
}

/** Executes the units of scripts, one after the other, through the pinned session of a run. */
export class UnitRunner {
  /** The statement at work, or the last that was. */
  statement = 0;
  /** Statements that are executed, and need not be again. */
  done = 0;
  /** Statements executed by the last checkpoint. */
  recorded = 0;
  /** Statements that changed rows in the open transaction. */
  changes = 0;
  /** The last statement is executed, and only this process knows. */
  isBlind = false;
  /** A statement of the script was executed. */
  hasSent = false;
  readonly #session: PinnedSession;
  readonly #journal: Journal;
  /** By the name of a migration: so many statements have answered, and are committed. */
  readonly #answered = new Map<string, number>();
  /** A statement that found no transaction. */
  #refused: { readonly name: string; readonly statement: number } | null = null;
  #name = '';
  /** One statement was begun. */
  #moves = false;
  /** Prepared statements: their texts, by name. */
  readonly #texts = new Map<string, string>();
  /** When the open transaction changed rows first. */
  #since = 0;
  /** Each statement is committed by itself. */
  #commitsEach = false;

  constructor(session: PinnedSession, journal: Journal) {
    this.#session = session;
    this.#journal = journal;
  }

  /** What was seen under an earlier run id of the same process holds still. */
  takeOver(earlier: UnitRunner): void {
    for (const [name, done] of earlier.#answered) this.#answered.set(name, done);
    this.#refused = earlier.#refused;
  }

  /** Nothing but the statement at work would be taken back with it. */
  get isAlone(): boolean {
    return this.changes === 0;
  }

  answeredOf({ task }: Attempt): Answered {
    const refused = this.#refused?.name === task.name ? this.#refused.statement : null;
    return { done: this.#answered.get(task.name) ?? 0, refused };
  }

  begin({ task }: Attempt): void {
    this.#name = task.name;
    this.#moves = this.#commitsEach = this.hasSent = false;
    this.statement = 0;
    this.goOn(0);
  }

  /** Behind so many statements. */
  goOn(done: number): void {
    this.done = this.recorded = done;
    this.#texts.clear();
  }

  /** The script has come to its end, or failed. */
  end({ task }: Attempt): void {
    this.#answered.delete(task.name);
    this.#refused = null;
    this.changes = 0;
    this.isBlind = false;
  }

  /** The open transaction was taken back. */
  takenBack(): void {
    if (this.changes > 0) this.#commitsEach = true;
    this.changes = 0;
    this.isBlind = false;
  }

  /** The service knows the transaction no more: the statement at work was not executed. */
  sessionGone(): void {
    this.#refused = { name: this.#name, statement: this.statement };
  }

  /** Executes what is left of a script. */
  async run(attempt: Attempt): Promise<void> {
    const from = this.done;
    for (const unit of attempt.units) {
      if (unit.last <= from) continue;
      const first = Math.max(unit.first, from + 1);
      if (this.isBlind && (unit.kind === 'transaction' || unit.kind === 'prepared')) await this.#see(attempt, first);
      await this.#unit(attempt, { ...unit, first });
    }
  }

  async #unit(attempt: Attempt, { kind, first, last }: Unit): Promise<void> {
    const { ddl = [] } = attempt.task.script.facts;
    switch (kind) {
      case 'transaction':
        for (let statement = first; statement <= last; statement++) await this.#change(attempt, statement);
        return;
      case 'ddl':
        return this.#define(
          attempt,
          first,
          last,
          ddl.filter(one => one.statement >= first && one.statement <= last),
        );
      case 'unjudged':
        return this.#unjudged(attempt, first);
      case 'prepared':
        return this.#prepared(attempt, first);
    }
  }

  /** Only a checkpoint says that the last statement is executed: it is committed before anything else. */
  async #see(attempt: Attempt, next: number): Promise<void> {
    await this.#write(attempt, next - 1, null);
    if (this.#session.isOpen) await this.#chain(attempt, next);
    this.isBlind = false;
  }

  async #chain(attempt: Attempt, statement: number): Promise<void> {
    await this.#session.chain({ attempt, statement });
    this.#journal.committed();
    this.changes = 0;
  }

  async #write(attempt: Attempt, done: number, inFlight: InFlight | null): Promise<void> {
    await this.#journal.write({ attempt, status: 'running', done, inFlight });
    this.recorded = done;
  }

  /** One that a transaction takes back. Its checkpoint is written with what comes next, in the same transaction. */
  async #change(attempt: Attempt, statement: number, sent?: Sent): Promise<void> {
    await this.#ready(attempt, statement);
    const isSetting = !sent && attempt.task.script.facts.session.includes(statement);
    if (isSetting) return this.#send(attempt, statement);
    if (this.#session.written || !this.#session.isOpen) await this.#chain(attempt, statement);
    await this.#journal.renew(attempt.task.name);
    if (this.changes === 0) this.#since = Date.now();
    await this.#send(attempt, statement, { sent });
    this.changes++;
    if (!this.#commitsEach && Date.now() - this.#since < TRANSACTION_MS) return;
    await this.#write(attempt, statement, null);
    await this.#chain(attempt, statement + 1);
  }

  /** Statements that commit by themselves, behind one checkpoint that holds what each is judged by. */
  async #define(
    attempt: Attempt,
    first: number,
    last: number,
    commits: readonly Omit<Ddl, 'changes'>[],
    sent?: Sent,
  ): Promise<void> {
    await this.#ready(attempt, first);
    await this.#write(attempt, first - 1, inFlight(attempt, first, last, commits));
    for (let statement = first; statement <= last; statement++) {
      if (statement > first) await this.#ready(attempt, statement);
      await this.#send(attempt, statement, { sent, commits: true });
      if (!commits.some(one => one.statement === statement)) continue;
      this.#session.committed();
      this.#journal.committed();
      this.changes = 0;
      this.isBlind = false;
      this.#answered.set(attempt.task.name, statement);
      await this.#journal.renew(attempt.task.name);
    }
  }

  /** One that may commit in the middle of what it does: nothing else may be open then, and its checkpoint is committed. */
  async #unjudged(attempt: Attempt, statement: number, sent?: Sent): Promise<void> {
    await this.#ready(attempt, statement);
    const flight = { ...inFlight(attempt, statement, statement, []), unjudged: true } as const;
    await this.#write(attempt, statement - 1, flight);
    const commits = await this.#session.autocommit(attempt, statement);
    this.#journal.committed();
    this.changes = 0;
    await this.#send(attempt, statement, { sent, commits: true, isUnjudged: true });
    if (!commits) await this.#session.settle();
    this.#answered.set(attempt.task.name, statement);
    this.isBlind = true;
  }

  /** PREPARE, EXECUTE, DEALLOCATE: the text is read where its variable is, and sent as the statement that it is. */
  async #prepared(attempt: Attempt, statement: number): Promise<void> {
    const read = readStatement(attempt.sql(statement))!;
    const one = preparedStatementOf(read.sql, read.words)!;
    await this.#ready(attempt, statement);
    if (one.verb === 'deallocate') this.#texts.delete(one.name);
    if (one.verb === 'prepare') await this.#prepare(attempt, statement);
    if (one.verb !== 'execute') return;
    if (!this.#texts.has(one.name)) await this.#prepareAgain(attempt, statement, one.name);
    const text = this.#texts.get(one.name) ?? 'NULL';
    await this.#execute(attempt, statement, withVariables(text, one.using, await this.#values(text, one.using)));
  }

  async #execute(attempt: Attempt, statement: number, text: string): Promise<void> {
    const read = readStatement(text);
    if (!read) return;
    const head = headOf(read.words);
    const problem = refusedText(statement, head);
    if (problem) throw new StatementFailed(problem);
    const sent = { sql: read.sql, returnsRows: returnsRowsOf(head) };
    const commit = implicitCommitOf(read.words, head);
    if (commit?.unjudged) return this.#unjudged(attempt, statement, sent);
    if (commit) return this.#define(attempt, statement, statement, [{ ...commit, statement }], sent);
    if (isNoOperation(read.words) || isSet(read.words)) return this.#send(attempt, statement, { sent });
    return this.#change(attempt, statement, sent);
  }

  async #prepare(attempt: Attempt, statement: number): Promise<void> {
    const read = readStatement(attempt.sql(statement))!;
    const one = preparedStatementOf(read.sql, read.words)!;
    if (one.verb !== 'prepare') return;
    const [text] = 'text' in one.from ? [one.from.text] : await this.#valuesOf([one.from.variable]);
    this.#texts.set(one.name, text ?? 'NULL');
  }

  /** An attempt that goes on at EXECUTE: its text is known only to the process that prepared it. */
  async #prepareAgain(attempt: Attempt, before: number, name: string): Promise<void> {
    const { prepared = [] } = attempt.task.script.facts;
    const prepares = (statement: number) => {
      const read = readStatement(attempt.sql(statement))!;
      const one = preparedStatementOf(read.sql, read.words);
      return one?.verb === 'prepare' && one.name === name;
    };
    const last = prepared.filter(statement => statement < before && prepares(statement)).at(-1);
    if (last !== undefined) await this.#prepare(attempt, last);
  }

  async #values(text: string, using: readonly string[]): Promise<readonly (string | null)[]> {
    return using.length > 0 && /\blimit\b/i.test(text) ? this.#valuesOf(using) : [];
  }

  async #valuesOf(variables: readonly string[]): Promise<readonly (string | null)[]> {
    const columns = variables.map(name => `CAST(@\`${name.replaceAll('`', '``')}\` AS char)`);
    const [row] = await this.#session.execute({ sql: `SELECT ${columns.join(', ')}`, effect: 'read' });
    return row ?? [];
  }

  /** The session is what a statement is to meet, and nothing speaks against sending it. */
  async #ready(attempt: Attempt, statement: number): Promise<void> {
    const { task } = attempt;
    // Each run comes farther by one statement at least.
    if (this.#moves && task.stop()) throw new Stopped(statement);
    this.#moves = true;
    this.statement = statement;
    task.onStatement(statement);
    await this.#session.become(attempt, statement);
    const need = task.script.facts.bound?.find(one => one.statement === statement);
    if (need && need.to < this.#session.from) await this.#readAgain(attempt, need);
  }

  /** A session before this one had what a statement needs: what only reads is executed again. */
  async #readAgain(attempt: Attempt, { statement, to, what, again }: Bound): Promise<void> {
    if (again === undefined) throw new StatementFailed(lostSession(statement, what, to));
    const { prepared = [] } = attempt.task.script.facts;
    for (let at = again; at < statement; at++) {
      if (prepared.includes(at)) await this.#prepare(attempt, at);
      else await this.#send(attempt, at);
    }
    this.#session.from = again;
  }

  async #send(
    attempt: Attempt,
    statement: number,
    {
      sent,
      commits = false,
      isUnjudged = false,
    }: { sent?: Sent | undefined; commits?: boolean; isUnjudged?: boolean } = {},
  ): Promise<void> {
    const { task } = attempt;
    const sql = `${attempt.tag(statement)} ${sent?.sql ?? attempt.sql(statement)}`;
    if (sql.length > LONGEST_STATEMENT) throw new StatementFailed(tooLong(statement, sql.length));
    const returnsRows = sent?.returnsRows ?? task.script.facts.rows.includes(statement);
    const meanwhile = () => this.#journal.renew(task.name);
    try {
      await sendStatement(
        one => this.#session.execute(one),
        { sql, effect: 'write' },
        { returnsRows, stop: task.stop, meanwhile },
      );
      this.#refused = null;
      this.hasSent = true;
    } catch (error) {
      // What it returned is too much, or of a type that the service does not know: a transaction takes it back.
      const met = !commits && isUntold(error) ? refused(error, error) : error;
      if (!(met instanceof DatabaseError) || met.outcome !== 'failed') throw met;
      const failed = { code: met.sqlState ?? null, message: withNumber(met), statement };
      const killed = commits && isError(met, ER.QUERY_INTERRUPTED);
      throw new StatementFailed(failed, {
        cause: met,
        isUnjudged,
        // It may have committed what was open, or not.
        ...(commits && { done: statement - 1 }),
        ...(killed && { inFlight: { keepsOf: attempt.number }, done: this.recorded }),
      });
    }
  }
}

function inFlight(
  attempt: Attempt,
  first: number,
  last: number,
  commits: readonly { readonly statement: number; readonly judges: readonly Judge[] }[],
): InFlight {
  const judges = commits.flatMap(one => one.judges.map(judge => ({ ...judge, at: one.statement - first })));
  return {
    checksums: attempt.task.script.facts.sums.slice(first - 1, last),
    judges: judges.map((judge, i) => ({ ...judge, i })),
  };
}
