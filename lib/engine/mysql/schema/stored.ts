import { withoutDefiner } from './text.ts';

/** What the server keeps with a routine, trigger or event, and what it means depends on. */
export interface Context {
  readonly sqlMode: string;
  readonly collation: string;
  readonly databaseCollation: string;
  /** Of an event. */
  readonly timeZone?: string;
}

/** The session that a dump begins with. Client and results are UTF-8, in whatever its text was first written. */
export const SESSION: Omit<Required<Context>, 'databaseCollation'> = {
  sqlMode: 'NO_ENGINE_SUBSTITUTION',
  collation: 'utf8mb4_0900_ai_ci',
  timeZone: '+00:00',
};

/** The statements between which it means what it meant; none, where the session of the dump is what it needs. */
export function inContext(sql: string, context: Partial<Context>, databaseCollation: string): string {
  const settings = [
    ['sql_mode', context.sqlMode, SESSION.sqlMode],
    ['collation_connection', context.collation, SESSION.collation],
    ['time_zone', context.timeZone, SESSION.timeZone],
  ] as const;
  const needed = settings.filter(([, value, usual]) => value !== undefined && value !== usual);
  const set = (values: readonly (readonly [string, string])[]) =>
    values.length === 0 ? [] : [`SET ${values.map(([name, value]) => `${name} = '${value}'`).join(', ')};`];
  const before = needed.map(([name, value]) => [name, value!] as const);
  const after = needed.map(([name, , usual]) => [name, usual] as const);
  // Variables of a routine have the collation of the database as it was then.
  const { databaseCollation: its = databaseCollation } = context;
  const alter = (collation: string) => (its === databaseCollation ? [] : [`ALTER DATABASE COLLATE ${collation};`]);
  return [...alter(its), ...set(before), sql, ...set(after), ...alter(databaseCollation)].join('\n');
}

const DELIMITERS = [';;', '//', '$$', '||', '~~'];

/** With its semicolon, or between delimiters where that would not do: there is a semicolon in it, or it may end in a comment. */
export function delimited(sql: string): string {
  if (!/;|--|#|\/\*/.test(sql)) return `${sql};`;
  const delimiter = DELIMITERS.find(one => !sql.includes(one)) ?? `;;${sql.length}`;
  return `DELIMITER ${delimiter}\n${sql}\n${delimiter}\nDELIMITER ;`;
}

const STARTS = /^(CREATE EVENT (?:`(?:[^`]|``)*`|"(?:[^"]|"")*") ON SCHEDULE EVERY [\s\S]*?) STARTS '[^']*'/;

/** A routine, trigger or event as SQL. `startsNow`: of an event that was made without a time to start at, for the server writes down one. */
export function storedProgram(
  sql: string,
  context: Context,
  database: { readonly collation: string },
  startsNow = false,
): string {
  // Made by one statement of several in a text, it has its semicolon.
  const plain = withoutDefiner(sql).replace(/[\s;]+$/, '');
  return inContext(delimited(startsNow ? plain.replace(STARTS, '$1') : plain), context, database.collation);
}
