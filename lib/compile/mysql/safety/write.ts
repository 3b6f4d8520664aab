import type { Action } from './action.ts';

/** Lets the server change what it keeps beside the table, and refuse everything else. */
export const INSTANT = 'ALGORITHM=INSTANT';
/** Lets the server work while writes go on, and refuse everything else. */
export const ONLINE = 'ALGORITHM=INPLACE, LOCK=NONE';

/** An ALTER TABLE of the table that the action is about. */
export function alterTable({ tableSql }: Action, clause: string, request?: typeof INSTANT | typeof ONLINE): string {
  return `ALTER TABLE ${tableSql} ${clause}${request === undefined ? '' : `, ${request}`};`;
}

/** A name as it can always be written. */
export function quote(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A new name, made of one: no word that is reserved begins or ends so. */
export function derived(name: string): string {
  return /^\w+$/.test(name) ? name : quote(name);
}

/** The name of the column as a clause with ADD writes it. */
export function writtenColumn({ sql }: Action): string {
  return /^add\s+(?:column\s+)?(`(?:[^`]|``)+`|\S+)/i.exec(sql)?.[1] ?? '';
}

/** The ADD COLUMN of a clause without UNIQUE, and that in a statement of its own. */
export function uniqueApart(action: Action): string[] {
  return [
    alterTable(action, action.sql.replace(/\s+unique(\s+key)?\b/i, ''), INSTANT),
    alterTable(action, `ADD UNIQUE (${writtenColumn(action)})`, ONLINE),
  ];
}
