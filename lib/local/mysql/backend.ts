import type { Connection, ResultSetHeader } from 'mysql2';
import type { Backend, BackendResult, BackendStatement } from '../backend.ts';
import { opaque, type ServiceError, unsupportedResult, validation } from '../service-error.ts';
import { type DriverError, translate } from './errors.ts';
import { describe, field, plain } from './fields.ts';
import { type Bound, bind } from './parameters.ts';
import { type MysqlScanner, scan } from './scanner.ts';
import type { MysqlSwitches } from './switches.ts';
import { type Column, typeOf } from './types.ts';

/** What a backend asks of its pool. */
export interface Owner {
  /** `reusable` is false for a connection that is closed or must not be used again. */
  giveBack(backend: MysqlBackend, reusable: boolean): void;
  cancel(id: number): Promise<void>;
}

export interface BackendOptions {
  readonly switches: Required<MysqlSwitches>;
  readonly scanner: MysqlScanner;
}

/** "This command is not supported in the prepared statement protocol yet" */
const UNSUPPORTED_PS = 1295;
const PARSE_ERROR = 1064;
const ENDS_TRANSACTION = /^\s*(commit|rollback)\b/i;
/** Flag of the server's status: a transaction is open. */
const IN_TRANSACTION = 1;

interface Outcome {
  readonly sets: readonly { readonly rows: readonly (readonly unknown[])[]; readonly columns: readonly Column[] }[];
  readonly header: ResultSetHeader | undefined;
}

/** One connection to MySQL. */
export class MysqlBackend implements Backend {
  readonly id: number;
  readonly connection: Connection;
  readonly poisoned = false;
  readonly #owner: Owner;
  readonly #options: BackendOptions;
  #closed = false;
  /** In a transaction of the service that DDL has committed. */
  #committed = false;
  #begun = false;
  #running = 0;

  constructor(connection: Connection, owner: Owner, options: BackendOptions) {
    this.connection = connection;
    this.id = connection.threadId ?? 0;
    this.#owner = owner;
    this.#options = options;
    connection.on('error', () => {
      this.#closed = true; // The statement that runs, or the next one, reports it.
    });
    connection.on('end', () => {
      this.#closed = true;
    });
  }

  get lost(): boolean {
    return this.#closed || (this.#committed && this.#options.switches.transactionAfterDdl === 'gone');
  }

  get busy(): boolean {
    return this.#running > 0;
  }

  async run(statement: BackendStatement): Promise<BackendResult> {
    if (this.#options.switches.commitAndChain === 'refused' && ENDS_TRANSACTION.test(statement.sql))
      throw validation(
        'Transaction control statements are not supported. Use CommitTransaction or RollbackTransaction.',
      );
    const scanned = scan(statement.sql, this.#options.scanner);
    const { sets, header } = await this.#execute(scanned.sql, bind(scanned.names, statement.parameters));
    const updated = header?.affectedRows ?? 0;
    const isCall = sets.length > 0 && header !== undefined;
    if (sets.length === 0 || (isCall && !this.#options.switches.callRows))
      return { rows: undefined, columns: undefined, updated, generated: generatedId(header) };
    const rows = encode(sets, statement);
    return { rows, columns: statement.metadata ? sets.at(-1)!.columns.map(describe) : undefined, updated };
  }

  async begin(): Promise<void> {
    await this.#text('START TRANSACTION');
    this.#begun = true;
    this.#committed = false;
  }

  async commit(): Promise<'committed'> {
    this.#begun = false;
    await this.#text('COMMIT');
    return 'committed';
  }

  async rollback(): Promise<void> {
    this.#begun = false;
    await this.#text('ROLLBACK');
  }

  cancel(): Promise<void> {
    return this.#owner.cancel(this.id);
  }

  release(): void {
    this.#committed = false;
    this.#owner.giveBack(this, !this.#closed);
  }

  discard(): void {
    this.#owner.giveBack(this, false);
  }

  /** Prepared, executed and closed; what MySQL cannot prepare is sent as text, if the switch says so. */
  async #execute(sql: string, values: readonly Bound[]): Promise<Outcome> {
    try {
      return await this.#ask('execute', sql, values);
    } catch (error) {
      if (
        (error as DriverError).errno === UNSUPPORTED_PS &&
        this.#options.switches.unprepared === 'executed' &&
        values.length === 0
      ) {
        return this.#text(sql);
      }
      throw this.#translated(error, sql);
    }
  }

  async #text(sql: string): Promise<Outcome> {
    try {
      return await this.#ask('query', sql, []);
    } catch (error) {
      throw this.#translated(error, sql);
    }
  }

  #translated(error: unknown, sql: string): ServiceError {
    const { errno, fatal } = error as DriverError;
    if (fatal) this.#closed = true;
    if (errno === PARSE_ERROR && isSeveral(sql)) return validation("Multistatements aren't supported.");
    return translate(error, this.#options.switches);
  }

  #ask(how: 'execute' | 'query', sql: string, values: readonly Bound[]): Promise<Outcome> {
    if (this.#closed) return Promise.reject(opaque());
    this.#running++;
    const { connection } = this;
    return new Promise<Outcome>((resolve, reject) => {
      const done = (error: unknown, results: unknown, fields: unknown) => {
        this.#running--;
        // One statement a call: nothing is kept prepared.
        if (how === 'execute') connection.unprepare({ sql, rowsAsArray: true } as never);
        if (error) return reject(error);
        const outcome = read(results, fields);
        const status = outcome.header?.serverStatus;
        if (this.#begun && status !== undefined && (status & IN_TRANSACTION) === 0) this.#committed = true;
        resolve(outcome);
      };
      const options = { sql, values: [...values] as never, rowsAsArray: true };
      if (how === 'execute') connection.execute(options, done);
      else connection.query(options, done);
    });
  }
}

/** The value of an AUTO_INCREMENT column that the server announces: of several rows the first one's; undefined where it has made none. */
function generatedId(header: ResultSetHeader | undefined): string | undefined {
  // Text where it has more digits than a number of JavaScript.
  const id = String(header?.insertId ?? 0);
  return id === '0' ? undefined : id;
}

/** The driver's three shapes: rows, a header, or for a CALL several of the former and then the latter. */
function read(results: unknown, fields: unknown): Outcome {
  if (!Array.isArray(results)) return { sets: [], header: results as ResultSetHeader };
  const last = results.at(-1) as unknown;
  if (last !== null && typeof last === 'object' && !Array.isArray(last) && 'affectedRows' in last) {
    const columns = fields as Column[][];
    const sets = results.slice(0, -1).map((rows, at) => ({ rows: rows as unknown[][], columns: columns[at] ?? [] }));
    return { sets, header: last as ResultSetHeader };
  }
  return { sets: [{ rows: results as unknown[][], columns: fields as Column[] }], header: undefined };
}

function encode(sets: Outcome['sets'], statement: BackendStatement): string[] {
  let bytes = 0;
  return sets.flatMap(({ rows, columns }) => {
    const keys = columns.map(({ name }) => JSON.stringify(name));
    const types = columns.map(typeOf);
    return rows.map(row => {
      const text =
        statement.format === 'JSON'
          ? `{${row.map((value, at) => `${keys[at]}:${plain(value, types[at]!, statement)}`).join(',')}}`
          : `[${row.map((value, at) => field(value, types[at]!, statement)).join(',')}]`;
      bytes += Buffer.byteLength(text) + 1;
      if (bytes > statement.limit) {
        throw unsupportedResult(`The result exceeds the size limit ${Math.round(statement.limit / 1048576)} MB`);
      }
      return text;
    });
  });
}

/** Something stands behind a semicolon that is in no quotes and no comment. */
function isSeveral(sql: string): boolean {
  const bare = sql.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`|\/\*[\s\S]*?\*\/|-- .*|#.*/g, ' ');
  return /;\s*\S/.test(bare) && !/^\s*create\b/i.test(bare);
}
