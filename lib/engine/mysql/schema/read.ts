import { type Database, DatabaseError, type Row, type Transaction } from '../../../core/database.ts';
import { MigrationError, type Problem } from '../../../core/errors.ts';
import { retry } from '../../../core/retry.ts';
import type { Schema, SchemaObject } from '../../../core/schema.ts';
import { inOrder, type Unordered } from '../../../core/schema-order.ts';

import { ER, isError } from '../errors.ts';
import type { Naming } from '../names.ts';
import { fingerprintText } from './fingerprint.ts';
import { type DatabaseFacts, keyOf, type Listed, list, type Shown } from './listing.ts';
import { catalogSession } from './session.ts';
import { inContext, storedProgram } from './stored.ts';
import { tableObjects } from './table.ts';
import { quoted, withoutDefiner, written } from './text.ts';
import { layOut, withoutDatabase } from './view.ts';

/** In the order of a dump, as far as dependencies leave a choice. */
export const KINDS = ['database', 'table', 'foreign key', 'view', 'function', 'procedure', 'trigger', 'event'];

/** How often it is tried, with growing pauses: about three seconds in all. */
const TRIES = 6;

/** Errors of SHOW CREATE for what was dropped since it was listed. */
const DROPPED_MEANWHILE = [ER.NO_SUCH_TABLE, ER.SP_DOES_NOT_EXIST, ER.TRG_DOES_NOT_EXIST, ER.EVENT_DOES_NOT_EXIST];

/**
 * The whole schema: the objects are listed, then each is asked of the server, which alone knows how to write it down. What a fingerprint tells
 * to have changed meanwhile is read anew; throws `schema-changing` where it does not stop. Seven calls, one more for each object, and one for
 * each page of five hundred after the first.
 */
export async function readSchema(database: Database, named: Naming): Promise<Schema> {
  const read = async () => {
    // Not in the transaction, which sees the catalog as it was at its first look.
    const before = await fingerprintText(database, named);
    const schema = await catalogSession(database, transaction => readOnce(transaction, named));
    return (await fingerprintText(database, named)) === before ? schema : null;
  };
  const schema = await retry(read, {
    until: read => read !== null,
    while: error => error instanceof DatabaseError && (error.outcome !== 'failed' || wasDropped(error)),
    tries: TRIES,
    first: 200,
    most: 1000,
  }).catch(error => {
    throw wasDropped(error) ? new MigrationError(changing, { cause: error }) : error;
  });
  if (schema === null) throw new MigrationError(changing);
  return schema;
}

function wasDropped(error: unknown): boolean {
  return DROPPED_MEANWHILE.some(number => isError(error, number));
}

const changing: Problem = {
  code: 'schema-changing',
  message: 'The schema was changed whenever it was read',
  remedy: 'Try again when nothing changes it',
};

async function readOnce(transaction: Transaction, named: Naming): Promise<Schema> {
  const listed = await list(transaction, named);
  const { database } = listed;
  const tables = new Set(
    listed.objects.filter(({ kind }) => kind === 'table' || kind === 'view').map(({ name }) => quoted(name)),
  );
  const objects: Unordered[] = [{ ...databaseObject(database), key: 'database', needs: [] }];
  const notDumped: string[] = [];
  for (const one of listed.objects) {
    const { kind, name, needs } = one;
    const why = unreadable(one);
    const row = why === undefined ? await show(transaction, kind, name) : [];
    const sql = row[CREATE[kind]];
    if (sql == null) notDumped.push(`${kind} ${written(name)}${why ?? ', whose definition this user may not see'}`);
    else
      objects.push(
        ...write(one, sql, row, { database, tables }).map((object, at) => ({
          ...object,
          key: at === 0 ? keyOf(kind, name) : `${object.kind} ${object.name}`,
          needs: at === 0 ? needs : [keyOf(kind, name)],
        })),
      );
  }
  return { objects: inOrder(objects, KINDS), notDumped: notDumped.sort() };
}

/** Why an object cannot be read, or be built again. */
function unreadable({ kind, name, marked }: Listed): string | undefined {
  if (kind === 'view' && marked) return ', which names what is not there';
  return /:\w/.test(name) ? ', whose name the Data API would take for a parameter' : undefined;
}

async function show(transaction: Transaction, kind: Shown, name: string): Promise<Row> {
  const [row] = await transaction.execute({ sql: `SHOW CREATE ${kind.toUpperCase()} ${quoted(name)}`, effect: 'read' });
  return row ?? [];
}

/** In which column the statement stands. */
const CREATE: Readonly<Record<Shown, number>> = { table: 1, view: 1, procedure: 2, function: 2, trigger: 2, event: 3 };

interface Around {
  readonly database: DatabaseFacts;
  readonly tables: ReadonlySet<string>;
}

function write({ kind, name, table, marked }: Listed, sql: string, row: Row, around: Around): SchemaObject[] {
  const { database, tables } = around;
  if (kind === 'table') return tableObjects(name, sql);
  if (kind === 'view') {
    const view = layOut(withoutDatabase(withoutDefiner(sql), database.name, tables));
    return [{ kind, name: written(name), sql: inContext(`${view};`, { collation: row[3]! }, database.collation) }];
  }
  const behind = CREATE[kind];
  const context = {
    sqlMode: row[1]!,
    collation: row[behind + 2]!,
    databaseCollation: row[behind + 3]!,
    ...(kind === 'event' && { timeZone: row[2]! }),
  };
  const title = table === null ? written(name) : `${written(table)}.${written(name)}`;
  return [{ kind, name: title, sql: storedProgram(sql, context, database, marked) }];
}

/** What tables and variables have that say nothing of it. */
function databaseObject({ characterSet, collation }: DatabaseFacts): SchemaObject {
  const sql = `ALTER DATABASE CHARACTER SET ${characterSet} COLLATE ${collation};`;
  return { kind: 'database', name: 'character set', sql };
}
