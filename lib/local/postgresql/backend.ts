import type pg from 'pg';
import type { Backend, BackendResult, BackendStatement } from '../backend.ts';
import { opaque, ServiceError, unsupportedResult } from '../service-error.ts';
import { type ErrorOptions, translate } from './errors.ts';
import { field, plain } from './fields.ts';
import { describeColumns } from './metadata.ts';
import { bind } from './parameters.ts';
import { type ScannerOptions, scan } from './scanner.ts';
import { type Bound, type ColumnDescription, ExtendedStatement, type Outcome } from './statement.ts';
import { type CatalogType, catalogType, knownType, type Type, type TypeSwitches } from './types.ts';

export interface BackendOptions {
  readonly errors: ErrorOptions;
  readonly scanner: ScannerOptions;
  readonly results: ResultOptions;
}

/** What the sources disagree about in results. */
export interface ResultOptions extends TypeSwitches {
  readonly resultSize: 'rows' | 'json';
}

/** What a backend asks of its pool. */
export interface Owner {
  /** `reusable` is false for a connection that is closed or must not be used again. */
  giveBack(backend: PostgresqlBackend, reusable: boolean): void;
  cancel(pid: number): Promise<void>;
}

/** One connection to PostgreSQL. */
export class PostgresqlBackend implements Backend {
  readonly id: number;
  readonly client: pg.Client;
  readonly #owner: Owner;
  readonly #options: BackendOptions;
  /** I idle, T in a transaction, E in a failed one: from the server's last ReadyForQuery. */
  #status = 'I';
  #lost = false;
  /** Called when the server is ready for the next statement, or gone. */
  #settled: () => void = () => {};
  #statements = 0;
  #running = 0;
  readonly #types = new Map<number, Type>();

  constructor(client: pg.Client, owner: Owner, options: BackendOptions) {
    this.client = client;
    this.id = (client as unknown as { processID: number }).processID;
    this.#owner = owner;
    this.#options = options;
    this.#wire.on('readyForQuery', (message: { status: string }) => {
      this.#status = message.status;
      this.#settled();
    });
    client.on('error', () => {
      this.#lost = true; // The statement that runs, or the next one, reports it.
    });
    client.on('end', () => {
      this.#lost = true;
      this.#settled();
    });
  }

  get poisoned(): boolean {
    return this.#status === 'E';
  }

  /** A statement runs on it. */
  get busy(): boolean {
    return this.#running > 0;
  }

  get lost(): boolean {
    return this.#lost;
  }

  async run(statement: BackendStatement): Promise<BackendResult> {
    const scanned = scan(statement.sql, this.#options.scanner);
    const values = bind(scanned.names, statement.parameters);
    // Bytes have more digits in rows than in JSON.
    const countsRows = statement.format === 'NONE' && this.#options.results.resultSize === 'rows';
    const outcome = await this.#execute(scanned.sql, values, statement.limit * (countsRows ? 1 : 2));
    const { columns, rows, overflow, tag } = outcome;
    const updated = updatedRows(tag);
    if (columns === undefined) return { rows: undefined, columns: undefined, updated };
    // By now the statement has run: whatever the service refuses from here on, it has refused after the effect.
    if (overflow) throw tooLarge(statement);
    const types = await this.#typesOf(columns);
    const { results } = this.#options;
    return {
      rows: encode(rows, columns, types, {
        ...statement,
        types: results,
        limit: countsRows ? Number.POSITIVE_INFINITY : statement.limit,
      }),
      columns: statement.metadata ? await describeColumns(columns, types, sql => this.#rows(sql)) : undefined,
      updated,
    };
  }

  async begin(): Promise<void> {
    await this.#execute('BEGIN');
  }

  async commit(): Promise<'committed' | 'rolled-back'> {
    const { tag } = await this.#execute('COMMIT');
    return tag === 'COMMIT' ? 'committed' : 'rolled-back';
  }

  async rollback(): Promise<void> {
    await this.#execute('ROLLBACK');
  }

  cancel(): Promise<void> {
    return this.#owner.cancel(this.id);
  }

  release(): void {
    this.#owner.giveBack(this, !this.#lost);
  }

  discard(): void {
    this.#owner.giveBack(this, false);
  }

  /** A literal BEGIN that nobody ended. */
  get inTransaction(): boolean {
    return this.#status !== 'I';
  }

  async #execute(sql: string, values: readonly Bound[] = [], limit = Number.POSITIVE_INFINITY): Promise<Outcome> {
    if (this.#lost) throw opaque();
    // An error arrives before the server is ready again and has told the state of the transaction.
    const settled = new Promise<void>(resolve => {
      this.#settled = resolve;
    });
    const statement = new ExtendedStatement(sql, `sqlx_s_${++this.#statements}`, values, limit);
    this.#running++;
    this.client.query(statement);
    try {
      return await statement.done;
    } catch (error) {
      await settled;
      throw error instanceof ServiceError ? error : translate(error, this.#options.errors);
    } finally {
      this.#running--;
    }
  }

  async #rows(sql: string): Promise<Outcome['rows']> {
    return (await this.#execute(sql)).rows;
  }

  async #typesOf(columns: readonly ColumnDescription[]): Promise<Type[]> {
    const found: Type[] = [];
    for (const { dataTypeID } of columns) found.push(await this.#type(dataTypeID));
    return found;
  }

  async #type(oid: number): Promise<Type> {
    const type = knownType(oid) ?? this.#types.get(oid);
    if (type) return type;
    const [row] = await this.#rows(
      `select typname::text, typtype::text, case when typcategory = 'A' and typname not in ('int2vector', 'oidvector') then typelem else 0 end::text
         from pg_catalog.pg_type where oid = ${oid}`,
    );
    const [name, typtype, element] = row ?? [`${oid}`, 'p', '0'];
    const row_: CatalogType = { name: name ?? '', typtype: typtype ?? '', element: Number(element) };
    const looked = catalogType(row_, row_.element === 0 ? undefined : await this.#type(row_.element));
    this.#types.set(oid, looked);
    return looked;
  }

  get #wire(): NodeJS.EventEmitter {
    return (this.client as unknown as { connection: NodeJS.EventEmitter }).connection;
  }
}

function encode(
  rows: Outcome['rows'],
  columns: readonly ColumnDescription[],
  types: readonly Type[],
  statement: BackendStatement & { readonly types: TypeSwitches },
): string[] {
  const json = statement.format === 'JSON';
  if (json && new Set(columns.map(({ name }) => name)).size < columns.length) {
    throw unsupportedResult('The result contains duplicate column names');
  }
  const keys = columns.map(({ name }) => JSON.stringify(name));
  let bytes = 0;
  return rows.map(row => {
    const text = json
      ? `{${row.map((value, at) => `${keys[at]}:${plain(value, types[at]!, statement)}`).join(',')}}`
      : `[${row.map((value, at) => field(value, types[at]!, statement)).join(',')}]`;
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > statement.limit) throw tooLarge(statement);
    return text;
  });
}

function tooLarge(statement: BackendStatement): ServiceError {
  return unsupportedResult(`The result exceeds the size limit ${Math.round(statement.limit / 1048576)} MB`);
}

/** The count of the tags of statements that change rows: `INSERT 0 1`, `UPDATE 3`, … */
function updatedRows(tag: string): number {
  return Number(/^(?:INSERT \d+|UPDATE|DELETE|MERGE) (\d+)$/.exec(tag)?.[1] ?? 0);
}
