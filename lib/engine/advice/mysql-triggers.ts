import type { Database } from '../../core/database.ts';
import { indexOfName } from '../../core/locate.ts';
import { StatementFailed } from '../mysql/statement-failed.ts';

/** The events of triggers that a statement causes, by its first word. */
const EVENTS: Readonly<Record<string, readonly string[]>> = {
  insert: ['INSERT'],
  load: ['INSERT'],
  replace: ['INSERT', 'DELETE'],
  update: ['UPDATE'],
  delete: ['DELETE'],
  with: ['UPDATE', 'DELETE'],
};

/** What names, in a message, something that a trigger may use and the statement does not: a missing table, column or routine, a right, a key. */
const NAMES: readonly RegExp[] = [
  /^Table '(?:.*\.)?(.+)' doesn't exist/,
  /^Unknown column '(?:.*\.)?(.+)' in /,
  /^(?:PROCEDURE|FUNCTION) (?:.*\.)?(.+) does not exist/,
  /^\w+ command denied to user .* for table '(.+?)'/,
  /^Duplicate entry .* for key '(.+?)\./s,
];

/** Those of the tables that a text names: only who has the right TRIGGER on them sees any. */
const HOLDING = `
SELECT t.trigger_name, t.event_object_table FROM information_schema.triggers t
WHERE t.event_object_schema = DATABASE() AND FIND_IN_SET(t.event_manipulation, :events) AND LOCATE(:words, t.action_statement) > 0
ORDER BY t.event_object_table, t.action_order LIMIT 20`;

/**
 * Names the trigger in whose body a statement failed, where that can be told: the message is raised there, or is about what only the trigger
 * names. One call more for such failures, none for others.
 */
export async function nameTrigger(database: Database, error: unknown): Promise<unknown> {
  if (!(error instanceof StatementFailed)) return error;
  const { failed, sentText = '' } = error;
  const statement = sentText.replace(/^(?:\s+|\/\*.*?\*\/|(?:--\s|#)[^\n]*\n)+/s, '');
  const events = [...(EVENTS[/^\w*/.exec(statement)![0].toLowerCase()] ?? [])];
  if (/\bon\s+duplicate\s+key\s+update\b/i.test(statement)) events.push('UPDATE');
  const words = events.length === 0 ? undefined : wordsOfTrigger(failed.code, failed.message, statement);
  if (words === undefined) return error;
  const parameters = { events: events.join(), words };
  // What the user may not see is not told.
  const rows = await database.execute({ sql: HOLDING, parameters, effect: 'read' }).catch(() => []);
  const [found] = rows
    .map(([name, table]) => ({ name: `${name} of ${table}`, at: indexOfName(statement, table!) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at);
  if (!found) return error;
  return new StatementFailed({ ...failed, message: `${failed.message}, in the trigger ${found.name}` }, error);
}

/** What the body of the trigger must hold for it to be the one; undefined: the statement itself may have failed. */
function wordsOfTrigger(code: string | null, message: string, statement: string): string | undefined {
  const plain = message.replace(/ \(error \d+\)$/, '');
  // SIGNAL gives its own words; 45000 is the SQLSTATE of what users raise.
  if (code === '45000') return plain;
  const name = NAMES.map(pattern => pattern.exec(plain)?.[1]).find(found => found !== undefined);
  return name === undefined || indexOfName(statement, name) >= 0 ? undefined : name;
}
