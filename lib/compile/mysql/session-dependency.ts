import type { Bound } from '../../core/manifest.ts';
import { implicitCommitOf } from '../../engine/mysql/statement/judges.ts';
import { type Head, isSet } from '../../engine/mysql/statement/statement-kind.ts';
import type { Word } from '../../engine/mysql/statement/words.ts';
import type { Prepared } from './prepared-statement.ts';
import { answersAboutEarlier, evaluatedWords, isReplayable, onlyReads, setsLastId } from './session.ts';
import { tablesNamed } from './tables-named.ts';
import { variableUse } from './user-variables.ts';

/** A statement as far as its session is concerned. */
export interface SessionStatement {
  readonly words: readonly Word[];
  readonly head: Head;
  /** Of PREPARE and EXECUTE. */
  readonly prepared?: Prepared | undefined;
}

export interface SessionFacts {
  /** Statements that may be executed again before later ones: SETs that give the same value each time. */
  readonly session: number[];
  readonly bound: Bound[];
  /** What cannot be made again after an interruption, and is needed behind a statement that ends its session. */
  readonly lost: readonly Lost[];
  /** LAST_INSERT_ID() where no statement of the file inserts before. */
  readonly withoutInsert: readonly number[];
}

export interface Lost extends Bound {
  /** The statement between the two that commits by itself. */
  readonly ending: number;
}

/**
 * Finds statements that need something which an earlier one left in its session and which cannot be made again: a variable from a query, a
 * temporary table, LAST_INSERT_ID().
 */
export function readSession(statements: readonly SessionStatement[]): SessionFacts {
  const session: number[] = [];
  const withoutInsert: number[] = [];
  const needed: Need[][] = [];
  const state = new SessionState();
  for (const [index, one] of statements.entries()) {
    const needs = state.needsOf(one, index + 1);
    if (needs === 'no-insert') withoutInsert.push(index + 1);
    const known = needs === 'no-insert' ? [] : needs.toSorted((a, b) => a.to - b.to);
    needed.push(known);
    const repeatable = known.length === 0 && isReplayable(one.words);
    if (repeatable && isSet(one.words)) session.push(index + 1);
    state.execute(one, index + 1, repeatable && (isSet(one.words) || one.head.verb === 'prepare'));
  }
  const bound = needed.flatMap(([first], index): Bound[] => {
    if (!first) return [];
    const again = readAgainFrom(statements, needed, index);
    return [{ statement: index + 1, ...first, ...(again !== undefined && { again }) }];
  });
  return { session, bound, lost: lostIn(statements, bound), withoutInsert };
}

/** Of statements that need something, those that a statement which commits by itself parts from it. */
function lostIn(statements: readonly SessionStatement[], bound: readonly Bound[]): Lost[] {
  const ends = statements.flatMap((one, index) => (endsSession(one) ? [index + 1] : []));
  return bound.flatMap(each => {
    // A checkpoint behind the statement before is what ROW_COUNT() would answer about.
    const first = each.what === ROW_COUNT ? each.to : each.to + 1;
    const ending = ends.find(statement => statement >= first && statement < each.statement);
    return ending === undefined ? [] : [{ ...each, ending }];
  });
}

/** Where a later run begins to read again what a statement needs; undefined: something between changes more than the session. */
function readAgainFrom(
  statements: readonly SessionStatement[],
  needed: readonly (readonly Need[])[],
  index: number,
): number | undefined {
  let from = index;
  for (let at = index; at >= from; at--) {
    const { words, head, prepared } = statements[at]!;
    const reads = onlyReads(words, head) || (prepared !== undefined && head.verb !== 'execute');
    if (at < index && (!reads || answersAboutEarlier(words))) return undefined;
    for (const { to } of needed[at]!) from = Math.min(from, to - 1);
  }
  return answersAboutEarlier(statements[index]!.words) ? undefined : from + 1;
}

const ROW_COUNT = 'ROW_COUNT()';

type Need = Omit<Bound, 'statement'>;

/** What the statements so far have left in the session and nothing can make again, each with the statement that made it. */
class SessionState {
  readonly #makers = new Map<string, Need>();
  #inserted: number | undefined;
  #selected: number | undefined;

  needsOf(one: SessionStatement, statement: number): Need[] | 'no-insert' {
    const { words, head, prepared } = one;
    const own = evaluatedWords(words, head);
    const { reads, passed } = variableUse(words, head);
    const executed = head.verb === 'execute' ? prepared : undefined;
    const names = [...reads.keys(), ...passed.map(({ name }) => name), ...(executed?.reads ?? [])];
    const keys = [...names.map(variable), ...[...tablesNamed(own, head)].map(table)];
    if (executed) keys.push(preparation(executed.name));
    const needs = [...new Set(keys)].flatMap(key => this.#makers.get(key) ?? []);
    const asks = answersAboutEarlier(own);
    if (asks === 'last_insert_id') {
      if (this.#inserted === undefined) return 'no-insert';
      if (this.#inserted > 0) needs.push({ to: this.#inserted, what: 'LAST_INSERT_ID()' });
    }
    if (asks === 'row_count' && statement > 1) needs.push({ to: statement - 1, what: ROW_COUNT });
    if (asks === 'found_rows' && this.#selected !== undefined) needs.push({ to: this.#selected, what: 'FOUND_ROWS()' });
    return needs;
  }

  /** @param repeatable a SET or PREPARE that can be executed again */
  execute({ words, head, prepared }: SessionStatement, statement: number, repeatable: boolean): void {
    const own = evaluatedWords(words, head);
    const { sets, passed } = variableUse(words, head);
    const executed = head.verb === 'execute' ? prepared : undefined;
    for (const name of [...sets, ...passed.map(each => each.name), ...(executed?.sets ?? [])]) {
      if (repeatable) this.#makers.delete(variable(name));
      else this.#makers.set(variable(name), { to: statement, what: `@${name}` });
    }
    if (head.verb === 'prepare' && prepared) {
      const key = preparation(prepared.name);
      if (repeatable) this.#makers.delete(key);
      else this.#makers.set(key, { to: statement, what: `the prepared statement ${prepared.name}` });
    }
    for (const { name } of head.what === 'table' ? head.objects : []) {
      if (head.verb === 'create' && head.temporary)
        this.#makers.set(table(name), { to: statement, what: `the temporary table ${name}` });
      if (head.verb === 'drop') this.#makers.delete(table(name));
    }
    if (setsLastId(own, head.verb)) this.#inserted = repeatable ? 0 : statement;
    // It may, from a SELECT.
    else if (head.verb === 'create' && head.what === 'table') this.#inserted ??= statement;
    if (/^(select|table|values|with|show|execute|call)$/.test(head.verb)) this.#selected = statement;
  }
}

const variable = (name: string) => `@${name}`;
const table = (name: string) => `table ${name.toLowerCase()}`;
const preparation = (name: string) => `prepared ${name.toLowerCase()}`;

/**
 * Whether a statement commits by itself: it has a checkpoint before and after it, so that a later run goes on behind it, in another session.
 * A CALL may, and what it leaves for the next statement is still to be read.
 */
function endsSession({ words, head, prepared }: SessionStatement): boolean {
  if (head.verb === 'execute') return prepared?.commits ?? true;
  if (prepared || /^(call|get|signal)$/.test(head.verb)) return false;
  return implicitCommitOf(words, head) !== undefined;
}
