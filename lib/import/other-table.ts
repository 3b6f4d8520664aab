import type { EngineName } from '../core/manifest.ts';
import type { SourceTool } from '../core/source.ts';

/**
 * Describes the table in which another tool records what it has applied. One a tool, in `lib/import/TOOL/applied.ts`: data and pure functions,
 * which the deployed function bundles too.
 */
export interface OtherTable {
  /** The names of the table, in lower case. */
  readonly names: readonly string[];
  /** The schema that the table always lies in. On MySQL, where a schema is a database, that of the connection. @default any */
  readonly schema?: string;
  /** Columns that the table has, in lower case. */
  readonly columns: readonly string[];
  /** Columns by which it is the table of another tool. @default none */
  readonly without?: readonly string[];
  /** The text of a query for the rows as (id, state, detail), all text, in the order of application. */
  query(found: FoundTable): string;
  /** How ids are ordered, as the tool orders its migrations. */
  readonly order: IdOrder;
  /** What to do there about a migration that failed, as a sentence. */
  readonly repair: string;
  /** Tools whose files it can apply as well: their ids are its own. @default none */
  readonly layouts?: readonly SourceTool[];
  /** What the id of a file is that needed no import: the digits of its name, its name with or without the ending. `none`: every file is imported. */
  readonly idOfFile: 'version' | 'file' | 'name' | 'none';
  /** Brings an id into the form in which ids are compared. @default as it is */
  normalize?(id: string): string;
  /** One row stands for each of these details too, of which any may be equal. @default false */
  readonly detailsAreIds?: true;
  /** What the table cannot tell, as a sentence. */
  readonly doubt?: string;
}

/** `number`: 2 before 10. `text`: 10 before 2. `dotted`: part by part as numbers. */
export type IdOrder = 'number' | 'text' | 'dotted';

/** A table that was found in the database. */
export interface FoundTable {
  readonly engine: EngineName;
  /** `schema.table`, for messages. */
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  /** Quoted and qualified, for SQL. */
  readonly sql: string;
  /** As the database writes them. */
  readonly columns: readonly string[];
  /** The user may read it, as far as the database says. */
  readonly isReadable: boolean;
  /** Other tables in its schema that were looked for: the lock of Liquibase. In lower case, with their quoted name. */
  readonly beside: Readonly<Record<string, string>>;
}

/**
 * What a row says. `applied`: that migration is applied. `upto` and `baseline`: that one and all before it. `reverted`: it is not. `skipped`: it
 * was passed over. `failed`: it failed, or is under way. `locked`: the tool is at work.
 */
export type RowState = 'applied' | 'upto' | 'baseline' | 'reverted' | 'skipped' | 'failed' | 'locked';

export interface AppliedRow {
  readonly id: string;
  readonly state: RowState;
  /** What else the row holds: a checksum. */
  readonly detail: string;
}

/** A query for a table in which each row is an applied migration. `id` and `detail` are SQL; `h` is the table. */
export function everyRow(id: string, { detail = "''", orderBy = '1', where = '' } = {}) {
  return ({ sql }: FoundTable): string =>
    `SELECT CONCAT(${id}, '') AS id, 'applied' AS state, CONCAT(${detail}, '') AS detail FROM ${sql} h${where && ` WHERE ${where}`} ORDER BY ${orderBy}`;
}
