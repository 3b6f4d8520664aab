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
import { executionOf, prepareBefore, preparedIn, selectVariables } from './statement/execution.ts';
import { withVariables } from './statement/prepared-text.ts';
import type { Unit } from './statement/units.ts';
import { StatementFailed, Stopped } from './statement-failed.ts';

/** A transaction is committed, with its checkpoint, when it has lasted so long. */
const TRANSACTION_MS = 10_000;

/** How a statement is sent. */
interface Sending {
  /** Where that is not what the script says. */
  readonly sent?: { readonly sql: string; readonly returnsRows: boolean } | undefined;
  /** It commits by itself. */
  readonly commits?: boolean;
  readonly isUnjudged?: boolean;
}

/** Executes the units of a script, one after the other, through the pinned session of a run. */
export class UnitRunner {
  /** The statement at work, or the last that was. */
  statement = 0;
  /** Statements that are executed, and need not be again. */
  done = 0;
  /** Statements executed by the last checkpoint. */
  recorded = 0;
  /** The last statement is executed, and only this process knows. */
  isBlind = false;
  /** A statement of the script was executed. */
  hasSent = false;
  answered: Answered;
  readonly #attempt: Attempt;
  readonly #journal: Journal;
  readonly #session: PinnedSession;
  /** One statement was begun. */
  #moves = false;
  /** Prepared statements: their texts, by name. */
  readonly #texts = new Map<string, string>();
  /** When the open transaction changed rows first. */
  #since = 0;
  /** Each statement is committed by itself. */
  #commitsEach = false;

  constructor(attempt: Attempt, journal: Journal, answered: Answered) {
    this.#attempt = attempt;
    this.#journal = journal;
    this.#session = journal.session;
    this.answered = answered;
  }

  /** Behind so many statements, in another session. */
  goOn(done: number): void {
    this.done = this.recorded = done;
    this.isBlind = false;
    this.#texts.clear();
  }

  commitEach(): void {
    this.#commitsEach = true;
  }

  /** The service knows the transaction no more: the statement at work was not executed. */
  sessionGone(): void {
    this.answered = { ...this.answered, refused: this.statement };
  }

  /** Executes what is left of a script. */
  async run(): Promise<void> {
    const from = this.done;
    for (const unit of this.#attempt.units) {
      if (unit.last <= from) continue;
      const first = Math.max(unit.first, from + 1);
      if (this.isBlind && (unit.kind === 'transaction' || unit.kind === 'prepared')) await this.#see(first);
      if (unit.kind === 'transaction')
        for (let statement = first; statement <= unit.last; statement++) await this.#change(statement);
      else await this.#commitItself({ ...unit, first });
    }
  }

  /** A unit that commits by itself. */
  #commitItself({ kind, first, last }: Unit): Promise<void> {
    const { ddl = [] } = this.#attempt.task.script.facts;
    switch (kind) {
      case 'ddl': {
        const own = ddl.filter(one => one.statement >= first && one.statement <= last);
        return this.#define(first, last, own);
      }
      case 'unjudged':
        return this.#unjudged(first);
      default:
        return this.#prepared(first);
    }
  }

  /** Only a checkpoint says that the last statement is executed: it is committed before anything else. */
  async #see(next: number): Promise<void> {
    await this.#write(next - 1, null);
    if (this.#session.isOpen) await this.#commit(next);
    this.isBlind = false;
  }

  /** Commits what is open in front of a statement. */
  async #commit(next: number): Promise<void> {
    await this.#session.chain({ attempt: this.#attempt, statement: next });
  }

  async #write(done: number, inFlight: InFlight | null): Promise<void> {
    await this.#journal.write({ attempt: this.#attempt, status: 'running', done, inFlight });
    this.recorded = done;
  }

  /** One that a transaction takes back. Its checkpoint is written with what comes next, in the same transaction. */
  async #change(statement: number, sent?: Sending['sent']): Promise<void> {
    const { script, name } = this.#attempt.task;
    await this.#ready(statement);
    if (!sent && script.facts.session.includes(statement)) return this.#send(statement);
    if (this.#session.written || !this.#session.isOpen) await this.#commit(statement);
    await this.#journal.renew(name);
    if (this.#session.changes === 0) this.#since = Date.now();
    await this.#send(statement, { sent });
    this.#session.changed();
    if (!this.#commitsEach && Date.now() - this.#since < TRANSACTION_MS) return;
    await this.#write(statement, null);
    await this.#commit(statement + 1);
  }

  /** Statements that commit by themselves, behind one checkpoint that holds what each is judged by. */
  async #define(
    first: number,
    last: number,
    commits: readonly Omit<Ddl, 'changes'>[],
    sent?: Sending['sent'],
  ): Promise<void> {
    await this.#ready(first);
    await this.#write(first - 1, this.#inFlight(first, last, commits));
    for (let statement = first; statement <= last; statement++) {
      if (statement > first) await this.#ready(statement);
      await this.#send(statement, { sent, commits: true });
      if (!commits.some(one => one.statement === statement)) continue;
      this.#session.committed();
      this.isBlind = false;
      this.answered = { ...this.answered, done: statement };
      await this.#journal.renew(this.#attempt.task.name);
    }
  }

  /** One that may commit in the middle of what it does: nothing else may be open then, and its checkpoint is committed. */
  async #unjudged(statement: number, sent?: Sending['sent']): Promise<void> {
    await this.#ready(statement);
    await this.#write(statement - 1, { ...this.#inFlight(statement, statement, []), unjudged: true });
    const commits = await this.#session.autocommit({ attempt: this.#attempt, statement });
    await this.#send(statement, { sent, commits: true, isUnjudged: true });
    if (!commits) await this.#session.settle();
    this.answered = { ...this.answered, done: statement };
    this.isBlind = true;
  }

  #inFlight(
    first: number,
    last: number,
    commits: readonly { readonly statement: number; readonly judges: readonly Judge[] }[],
  ): InFlight {
    const judges = commits.flatMap(one => one.judges.map(judge => ({ ...judge, at: one.statement - first })));
    return {
      checksums: this.#attempt.task.script.facts.sums.slice(first - 1, last),
      judges: judges.map((judge, i) => ({ ...judge, i })),
    };
  }

  /** PREPARE, EXECUTE, DEALLOCATE: the text is read where its variable is, and sent as the statement that it is. */
  async #prepared(statement: number): Promise<void> {
    const one = preparedIn(this.#attempt.sql(statement));
    await this.#ready(statement);
    if (one.verb === 'deallocate') this.#texts.delete(one.name);
    if (one.verb === 'prepare') await this.#prepare(statement);
    if (one.verb !== 'execute') return;
    // An attempt that goes on at EXECUTE: its text is known only to the process that prepared it.
    const { prepared = [] } = this.#attempt.task.script.facts;
    const before = prepareBefore(statement, one.name, prepared, number => this.#attempt.sql(number));
    if (!this.#texts.has(one.name) && before !== undefined) await this.#prepare(before);
    const text = this.#texts.get(one.name) ?? 'NULL';
    const isValue = one.using.length > 0 && /\blimit\b/i.test(text);
    await this.#execute(statement, withVariables(text, one.using, isValue ? await this.#valuesOf(one.using) : []));
  }

  async #execute(statement: number, text: string): Promise<void> {
    const execution = executionOf(text);
    switch (execution?.kind) {
      case undefined:
        return;
      case 'refused':
        throw new StatementFailed(refusedText(statement, execution!.words));
      case 'unjudged':
        return this.#unjudged(statement, execution);
      case 'ddl':
        return this.#define(statement, statement, [{ judges: execution!.judges, statement }], execution);
      case 'free':
        return this.#send(statement, { sent: execution });
      case 'transaction':
        return this.#change(statement, execution);
    }
  }

  async #prepare(statement: number): Promise<void> {
    const one = preparedIn(this.#attempt.sql(statement));
    if (one.verb !== 'prepare') return;
    const [text] = 'text' in one.from ? [one.from.text] : await this.#valuesOf([one.from.variable]);
    this.#texts.set(one.name, text ?? 'NULL');
  }

  async #valuesOf(variables: readonly string[]): Promise<readonly (string | null)[]> {
    const [row] = await this.#session.execute({ sql: selectVariables(variables), effect: 'read' });
    return row ?? [];
  }

  /** The session is what a statement is to meet, and nothing speaks against sending it. */
  async #ready(statement: number): Promise<void> {
    const { task } = this.#attempt;
    // Each run comes farther by one statement at least.
    if (this.#moves && task.stop()) throw new Stopped(statement);
    this.#moves = true;
    this.statement = statement;
    task.onStatement(statement);
    await this.#session.become(this.#attempt, statement);
    const need = task.script.facts.bound?.find(one => one.statement === statement);
    if (need && need.to < this.#session.from) await this.#readAgain(need);
  }

  /** A session before this one had what a statement needs: what only reads is executed again. */
  async #readAgain({ statement, to, what, again }: Bound): Promise<void> {
    if (again === undefined) throw new StatementFailed(lostSession(statement, what, to));
    const { prepared = [] } = this.#attempt.task.script.facts;
    for (let at = again; at < statement; at++) {
      if (prepared.includes(at)) await this.#prepare(at);
      else await this.#send(at);
    }
    this.#session.readAgain(again);
  }

  async #send(statement: number, { sent, commits = false, isUnjudged = false }: Sending = {}): Promise<void> {
    const { task } = this.#attempt;
    const sql = `${this.#attempt.tag(statement)} ${sent?.sql ?? this.#attempt.sql(statement)}`;
    if (sql.length > LONGEST_STATEMENT) throw new StatementFailed(tooLong(statement, sql.length));
    const returnsRows = sent?.returnsRows ?? task.script.facts.rows.includes(statement);
    const meanwhile = () => this.#journal.renew(task.name);
    const execute = this.#session.execute.bind(this.#session);
    try {
      await sendStatement(execute, { sql, effect: 'write' }, { returnsRows, stop: task.stop, meanwhile });
      this.answered = { ...this.answered, refused: null };
      this.hasSent = true;
    } catch (error) {
      // What it returned is too much, or of a type that the service does not know: a transaction takes it back.
      const met = !commits && isUntold(error) ? refused(error, error) : error;
      if (!(met instanceof DatabaseError) || met.outcome !== 'failed') throw met;
      const failed = { code: met.sqlState ?? null, message: withNumber(met), statement };
      const killed = commits && isError(met, ER.QUERY_INTERRUPTED);
      throw new StatementFailed(failed, {
        cause: met,
        sentText: sql,
        isUnjudged,
        // It may have committed what was open, or not.
        ...(commits && { done: statement - 1 }),
        ...(killed && { inFlight: { keepsOf: this.#attempt.number }, done: this.recorded }),
      });
    }
  }
}
