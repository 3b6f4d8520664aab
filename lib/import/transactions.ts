import { type Half, type Line, lineAt, mapText, textOf } from './found.ts';
import type { Reading } from './reading.ts';
import { type StatementRange, statementsIn } from './sql.ts';

/** Statements of PostgreSQL that cannot run in a transaction, by their first words. */
const OUTSIDE =
  /^(?:create (?:unique )?index concurrently|drop index concurrently|reindex\b.* concurrently|vacuum|alter system|(?:create|drop) database|(?:create|drop) tablespace|(?:create|drop) subscription)\b/;
const BEGIN = /^(?:begin(?: (?:work|transaction))?|start transaction) ?;?$/;
const COMMIT = /^(?:commit|end)(?: (?:work|transaction))? ?;?$/;
const CONTROL = /^(?:begin|start transaction|commit|end|rollback|abort|savepoint|release|prepare transaction)\b/;

/**
 * Makes one half independent of how the other tool sends it: `BEGIN` and `COMMIT` around all of it are taken out (it runs in a transaction),
 * transaction control elsewhere and the data of `COPY` are reported. MySQL: its compiler leaves `START TRANSACTION` and `COMMIT` out.
 */
export function settleTransaction(reading: Reading, half: Half): Half {
  if (reading.engine === 'mysql') return half;
  const statements = statementsIn(textOf(half.lines), 'postgresql');
  const said = statements.map(({ words }) => words.join(' '));
  for (const [at, words] of said.entries())
    if (/^copy\b.*\bfrom stdin\b/.test(words))
      report(reading, half, statements[at]!, 'COPY … FROM stdin needs the data below it, which no tool can send');
  if (statements.length >= 2 && BEGIN.test(said[0]!) && COMMIT.test(said.at(-1)!)) {
    const inner = statements.slice(1, -1);
    if (inner.every(({ words }) => !CONTROL.test(words.join(' ')))) {
      reading.note(half.file, 'BEGIN and COMMIT around it were taken out: it runs in one transaction');
      return { ...half, lines: without(half.lines, [statements[0]!, statements.at(-1)!]), isNonTransactional: false };
    }
  }
  for (const [at, words] of said.entries())
    if (CONTROL.test(words))
      report(reading, half, statements[at]!, `${statements[at]!.words[0]!.toUpperCase()} is not around the whole file`);
  if (half.isNonTransactional || statements.length < 2 || !said.some(words => OUTSIDE.test(words))) return half;
  reading.note(half.file, 'transaction:false, for one of its statements can run in no transaction');
  return { ...half, isNonTransactional: true };
}

function report(reading: Reading, half: Half, { start }: StatementRange, message: string): void {
  reading.cannotCarry('not-importable', half.file, lineAt(half.lines, start), message);
}

/** The lines without these statements. Line ends stay; lines of which nothing is left go. */
export function without(lines: readonly Line[], statements: readonly Pick<StatementRange, 'start' | 'end'>[]): Line[] {
  const emptied = mapText(lines, text => {
    let result = '';
    let at = 0;
    for (const { start, end } of statements) {
      result += text.slice(at, start) + text.slice(start, end).replace(/[^\n]+/g, '');
      at = end;
    }
    return result + text.slice(at);
  });
  return emptied.filter(({ text }, at) => text.trim() !== '' || lines[at]!.text.trim() === '');
}
