import type { Section } from '../grammar.ts';
import { runsAlone } from './nontransactional.ts';
import type { Statement } from './statements.ts';

/**
 * Whether a script runs statement by statement: where the file says so, or where no statement of it can run in a transaction. A mixture
 * that does not say so is an error: half of it would be a surprise either way.
 */
export function isStepwise(
  { source, from, transaction, direction }: Section,
  statements: readonly Statement[],
): boolean {
  if (transaction === false) return true;
  const alone = statements.flatMap(statement => {
    const own = runsAlone(statement);
    return own?.must ? [{ statement, what: own.what }] : [];
  });
  const [first] = alone;
  if (!first) return false;
  if (transaction === undefined && alone.length === statements.length) return true;
  const message = `${first.what} cannot run in a transaction`;
  if (transaction) {
    source.error('no-transaction', from + first.statement.first, message, 'Take the option transaction:true out');
    return false;
  }
  const lonely = new Set(alone.map(({ statement }) => statement));
  const linesOf = (wanted: boolean) =>
    listLines(statements.filter(one => lonely.has(one) === wanted).map(({ first }) => source.line(from + first)));
  const at = from + first.statement.first;
  // What undoes a migration stands in its file.
  if (direction === 'down') {
    const remedy = 'Write `-- migrate:down transaction:false`, so that every statement runs by itself';
    source.error('mixed-transaction', at, `${message}, and the other statements of this down section can`, remedy);
    return false;
  }
  const remedy = `Move ${linesOf(true)} to a migration of its own (the statements on ${linesOf(false)} can share a transaction), or write \`-- migrate:up transaction:false\`, so that every statement runs by itself`;
  source.error('mixed-transaction', at, `${message}, and the other statements of this migration can`, remedy);
  return false;
}

function listLines(lines: readonly number[]): string {
  const shown = [...new Set(lines)];
  const some = shown.slice(0, 5).join(', ');
  return `${shown.length === 1 ? 'line' : 'lines'} ${some}${shown.length > 5 ? ', …' : ''}`;
}
