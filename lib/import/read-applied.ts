import type { Database, DatabaseError } from '../core/database.ts';
import type { Problem } from '../core/errors.ts';
import type { EngineName } from '../core/manifest.ts';
import { SOURCE_TOOLS, type SourceTool } from '../core/source.ts';
import type { BaselineFrom } from '../core/take-over.ts';
import { type Candidate, findTables } from './find-table.ts';
import type { AppliedRow, FoundTable, RowState } from './other-table.ts';
import { hasShape, OTHER_TABLES } from './other-tables.ts';

/** What another tool's table holds. Plain data: a deployed function hands it on. */
export interface OtherHistory {
  /** `schema.table`; null: it was not found. */
  readonly table: string | null;
  readonly rows: readonly AppliedRow[];
  /** Why the rows cannot be told. */
  readonly problem: Problem | null;
  /** Tables of other tools that were found, as a message names them. */
  readonly instead: readonly string[];
}

/** Rows of a call: an answer ends at 1 MiB, and a row may hold a path of 1,000 characters. */
const PAGE = 500;

/** Tables beside the tool's own that a query may read. */
const BESIDE = ['databasechangeloglock'];

/** Reads what a tool has applied, by its own table: a call to find it, a call for 500 rows. Changes nothing. */
export async function readApplied(database: Database, engine: EngineName, option: BaselineFrom): Promise<OtherHistory> {
  const wanted = wantedTable(option);
  const known = SOURCE_TOOLS.flatMap(tool => OTHER_TABLES[tool].names);
  const found = await findTables(database, engine, [...wanted.names, ...known, ...BESIDE]);
  const chosen = chooseTable(option, found);
  const isNear = ({ isHere, table }: Candidate) => isHere || wanted.names.includes(table.toLowerCase());
  const instead = found.filter(isNear).flatMap(describeTable);
  if (chosen === null) return { table: null, rows: [], problem: null, instead };
  const nothing = { table: chosen.table?.name ?? null, rows: [], instead };
  if (chosen.problem) return { ...nothing, problem: chosen.problem };
  try {
    return { ...nothing, rows: await readRows(database, chosen.table!, option.from), problem: null };
  } catch (error) {
    const failure = error as DatabaseError;
    if (failure.outcome !== 'failed') throw error;
    return { ...nothing, problem: unreadable(option.from, chosen.table!, failure) };
  }
}

async function readRows(database: Database, table: FoundTable, tool: SourceTool): Promise<AppliedRow[]> {
  const query = OTHER_TABLES[tool].query(table);
  const all: AppliedRow[] = [];
  for (;;) {
    const sql = `${query} LIMIT ${PAGE} OFFSET ${all.length}`;
    const rows = await database.execute({ sql, effect: 'read' });
    for (const [id, state, detail] of rows) all.push({ id: id ?? '', state: state as RowState, detail: detail ?? '' });
    if (rows.length < PAGE) return all;
  }
}

/** The names to look for, in lower case, and the schema, where one is given. */
function wantedTable({ from, fromTable }: BaselineFrom): { names: readonly string[]; schema: string | undefined } {
  const { names, schema } = OTHER_TABLES[from];
  if (fromTable === undefined) return { names, schema };
  const at = fromTable.lastIndexOf('.');
  const named = at < 0 ? undefined : fromTable.slice(0, at);
  return { names: [fromTable.slice(at + 1).toLowerCase()], schema: named };
}

type Chosen = { readonly table?: FoundTable; readonly problem?: Problem };

/** The one table that is the tool's; null: there is none of its name. */
function chooseTable(option: BaselineFrom, found: readonly Candidate[]): Chosen | null {
  const { from, fromTable } = option;
  const kind = OTHER_TABLES[from];
  const { names, schema } = wantedTable(option);
  const isMysql = found[0]?.engine === 'mysql';
  const named = found.filter(({ table }) => names.includes(table.toLowerCase()));
  // On MySQL a schema is another database, whose history is another one unless somebody names it.
  const isWanted = ({ schema: its, isHere }: Candidate) =>
    schema === undefined || (isMysql && fromTable === undefined) ? isHere : its.toLowerCase() === schema.toLowerCase();
  const wanted = named.filter(isWanted);
  if (wanted.length === 0) return null;
  const fitting = wanted.filter(({ columns }) => hasShape(kind, columns));
  if (fitting.length === 0) return { table: wanted[0]!, problem: somethingElse(from, wanted[0]!) };
  if (fitting.length > 1) return { problem: ambiguous(from, fitting) };
  const table = fitting[0]!;
  return table.isReadable ? { table } : { table, problem: unreadable(from, table) };
}

/** Names the tools whose table it may be. */
function makersOf({ table, schema, columns }: FoundTable): SourceTool[] {
  return SOURCE_TOOLS.filter(tool => {
    const kind = OTHER_TABLES[tool];
    const isThere = kind.schema === undefined || kind.schema === schema;
    return kind.columns.length > 0 && kind.names.includes(table.toLowerCase()) && isThere && hasShape(kind, columns);
  });
}

function describeTable(table: FoundTable): string[] {
  const makers = makersOf(table);
  return makers.length === 0 ? [] : [`${table.name} (of ${makers.join(' or ')})`];
}

function somethingElse(tool: SourceTool, table: FoundTable): Problem {
  const makers = makersOf(table).join(' or ');
  const present = table.columns.map(column => column.toLowerCase());
  const lacking = OTHER_TABLES[tool].columns.filter(column => !present.includes(column));
  const why =
    lacking.length > 0 ? `it has no column ${lacking.join(', ')}` : 'it has columns that are not of that tool';
  return {
    code: 'other-table-shape',
    message: `The table ${table.name} is not the table of ${tool}: ${why} (its columns: ${table.columns.join(', ')})`,
    remedy:
      makers === ''
        ? `Name the table of ${tool} with fromTable (--from-table SCHEMA.TABLE)`
        : `It looks like that of ${makers}: name that tool, or the table of ${tool} with fromTable (--from-table SCHEMA.TABLE)`,
  };
}

function ambiguous(tool: SourceTool, tables: readonly FoundTable[]): Problem {
  return {
    code: 'other-table-ambiguous',
    message: `Several tables may be that of ${tool}: ${tables.map(({ name }) => name).join(', ')}`,
    remedy: 'Name the one of this application with fromTable (--from-table SCHEMA.TABLE)',
  };
}

function unreadable(tool: SourceTool, { name, sql }: FoundTable, error?: DatabaseError): Problem {
  const isRight =
    error === undefined || error.sqlState === '42501' || error.errorCode === 1142 || error.errorCode === 1143;
  const grant = `As its owner run GRANT SELECT ON ${sql} TO the user of the secret (on PostgreSQL also GRANT USAGE on the schema)`;
  return {
    code: isRight ? 'other-table-right' : 'other-table-unreadable',
    message: isRight
      ? `The user of the secret has no right to read ${name}, the table of ${tool}`
      : `The table ${name} of ${tool} cannot be read: ${error!.message}`,
    remedy: isRight
      ? grant
      : `Check that it is the table that ${tool} made, or baseline by version (baseline --to VERSION)`,
  };
}
