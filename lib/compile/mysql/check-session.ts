import type { Section } from '../grammar.ts';
import type { Lost, SessionFacts } from './session-dependency.ts';

type Statements = readonly { readonly first: number }[];

/** Reports what a statement needs of an earlier session, or of one that a statement before it ends. */
export function checkSession(section: Section, statements: Statements, { lost, withoutInsert }: SessionFacts): void {
  const { source, from } = section;
  for (const each of lost) checkLost(section, statements, each);
  for (const statement of withoutInsert) {
    source.error(
      'session-ended',
      from + statements[statement - 1]!.first,
      'LAST_INSERT_ID() answers about an INSERT of its own session, and no statement of this file inserts before it',
      'Read the id with a query, or put the INSERT into this file',
    );
  }
}

function checkLost({ source, from }: Section, statements: Statements, { statement, to, what, ending }: Lost): void {
  const [at, made, ended] = [statement, to, ending].map(number => from + statements[number - 1]!.first) as [
    number,
    number,
    number,
  ];
  const [madeLine, endLine] = [source.line(made), source.line(ended)];
  if (made === ended) {
    source.error(
      'session-ended',
      at,
      `${what} answers about the checkpoint behind line ${madeLine}, which commits by itself`,
      'Count in the statement itself, or with a query',
    );
    return;
  }
  source.error(
    'session-ended',
    at,
    `This needs ${what} of line ${madeLine}, but line ${endLine} commits by itself, and an interrupted run goes on behind it in another session`,
    `Move line ${endLine} before line ${madeLine} or to a file of its own, or read again behind line ${endLine} what this needs`,
  );
}
