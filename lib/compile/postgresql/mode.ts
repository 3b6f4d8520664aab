import type { Section } from '../grammar.ts';
import { runsAlone } from './alone.ts';
import type { Statement } from './pieces.ts';
import { firstParameter, LONGEST_STATEMENT } from './service-scanner.ts';

/** Whether a script runs statement by statement; complains where it can run neither way. */
export function checkMode(section: Section, statements: readonly Statement[], text: string): boolean {
  const { source, from, transaction } = section;
  const alone = statements.flatMap(statement => {
    const own = runsAlone(statement.node);
    return own ? [{ ...own, statement }] : [];
  });
  const must = alone.filter(own => own.must);
  const stepwise =
    transaction === false || (transaction !== true && must.length > 0 && must.length === statements.length);
  if (!stepwise) {
    if (must.length > 0) {
      const { what, statement } = must[0]!;
      const others = statements.filter(other => !must.some(own => own.statement === other));
      const lines = (list: readonly Statement[]) => list.map(({ first }) => source.line(from + first)).join(', ');
      source.error(
        'mixed-transaction',
        from + statement.first,
        `${what} cannot run in a transaction`,
        others.length === 0
          ? 'Take the option transaction:true out'
          : `Move line ${lines(must.map(own => own.statement))} to a migration of its own, or write -- migrate:up transaction:false to run every statement by itself (line ${lines(others)} can share a transaction)`,
      );
    }
    return false;
  }
  for (const { statement } of alone) {
    const sent = text.slice(statement.first, statement.end);
    const parameter = firstParameter(sent);
    if (parameter !== undefined) {
      source.error(
        'data-api-parameter',
        from + statement.first + parameter,
        'The Data API takes this for a parameter',
        "Put a space after the colon, or quote the text with '…' instead of $$…$$",
      );
    }
    if (sent.length > LONGEST_STATEMENT) {
      source.error(
        'statement-too-long',
        from + statement.first,
        `This statement has ${sent.length} characters; one that runs alone may have ${LONGEST_STATEMENT}`,
        'Shorten it',
      );
    }
  }
  return true;
}
