import type { AcceptedAlgorithm } from '../../../core/rehearsal.ts';
import { scanScript } from '../statement/script.ts';
import { afterIfExists, nameAt, stands, type Word, wordsOf } from '../statement/words.ts';

/** The same statement with clauses that the server refuses where it cannot keep them. */
export interface Variant {
  readonly sql: string;
  readonly accepted: AcceptedAlgorithm;
}

/** From the cheapest: the server takes the first that it can keep. */
const WAYS: readonly AcceptedAlgorithm[] = [
  { algorithm: 'INSTANT', lock: null },
  { algorithm: 'INPLACE', lock: 'NONE' },
  { algorithm: 'INPLACE', lock: 'SHARED' },
  { algorithm: 'COPY', lock: 'SHARED' },
];

/** ALTER TABLE, CREATE INDEX and DROP INDEX with each algorithm. Null: another statement, or one that says its own ALGORITHM or LOCK. */
export function variantsOf(sql: string): readonly Variant[] | null {
  const [statement, more] = scanScript(sql).statements;
  if (!statement || more) return null;
  const words = wordsOf(sql, statement);
  if (words.some(({ sign }, at) => /^(algorithm|lock)$/.test(sign) && isOption(words, at))) return null;
  const place = placeOf(words);
  if (place === null) return null;
  const ways = place.indexOnly ? WAYS.filter(({ algorithm }) => algorithm !== 'INSTANT') : WAYS;
  return ways.map(accepted => ({
    accepted,
    sql: `${sql.slice(0, place.offset)} ${clauses(accepted, place.comma)} ${sql.slice(place.offset)}`,
  }));
}

interface Place {
  readonly offset: number;
  /** Between the two options; `after`: behind them, too. */
  readonly comma: { readonly between: boolean; readonly after: boolean };
  /** CREATE INDEX and DROP INDEX do not know INSTANT. */
  readonly indexOnly: boolean;
}

/** Where the clauses stand: behind the name of the table in ALTER TABLE, at the end of the others. */
function placeOf(words: readonly Word[]): Place | null {
  if (stands(words, 0, 'alter', 'table')) {
    const name = nameAt(words, 2);
    if (!name || name.next >= words.length) return null;
    // PARTITION BY and REMOVE PARTITIONING stand behind the list of changes, without a comma.
    const isApart = stands(words, name.next, 'partition', 'by') || stands(words, name.next, 'remove', 'partitioning');
    const offset = words[name.next - 1]!.token.end;
    return { offset, comma: { between: true, after: !isApart }, indexOnly: false };
  }
  const at = words.findIndex(({ sign }) => sign === 'index');
  const isIndex =
    /^(create|drop)$/.test(words[0]?.sign ?? '') && (at === 1 || at === 2) && words[1]?.sign !== 'temporary';
  if (!isIndex || !nameAt(words, afterIfExists(words, at + 1).at)) return null;
  return { offset: words.at(-1)!.token.end, comma: { between: false, after: false }, indexOnly: true };
}

function clauses({ algorithm, lock }: AcceptedAlgorithm, { between, after }: Place['comma']): string {
  const options = [`ALGORITHM=${algorithm}`, ...(lock === null ? [] : [`LOCK=${lock}`])];
  return `${options.join(between ? ', ' : ' ')}${after ? ',' : ''}`;
}

/** `ALGORITHM = …`, `LOCK DEFAULT`: a column may have the name. */
function isOption(words: readonly Word[], at: number): boolean {
  return (
    stands(words, at + 1, '=') ||
    /^(default|instant|inplace|copy|none|shared|exclusive)$/.test(words[at + 1]?.sign ?? '')
  );
}
