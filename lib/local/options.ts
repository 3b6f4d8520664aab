import type { ClockOptions } from './clocks.ts';
import type { LogEntry } from './log.ts';
import type { MysqlScanner } from './mysql/scanner.ts';
import type { MysqlServerOptions } from './mysql/server.ts';
import type { MysqlSwitches } from './mysql/switches.ts';
import type { EmbeddedOptions } from './postgresql/embedded.ts';
import type { ScannerOptions } from './postgresql/scanner.ts';

/** What nobody has measured on the live service: both settings are possible, and programs must live with both. */
export interface Switches {
  /**
   * CommitTransaction after a failed statement: `committed` answers "Transaction Committed" although the server has rolled back,
   * `error` answers TransactionNotFoundException. @default 'committed'
   */
  readonly commitAfterError?: 'committed' | 'error';
  /** A response over the limit ends the transaction. @default false */
  readonly tooLargeEndsTransaction?: boolean;
  /** The three idle minutes pass while a statement of the transaction runs. @default false */
  readonly idleWhileRunning?: boolean;
  /** Error texts carry PostgreSQL's DETAIL. @default true */
  readonly detail?: boolean;
  /**
   * What becomes of a dollar quote without an end, as careless splitters make them: the service's text without a cause
   * (https://github.com/psd401/aistudio/issues/565), or PostgreSQL's error. @default 'opaque'
   */
  readonly unterminatedDollarQuote?: 'opaque' | 'error';
  /** PostgreSQL: error texts carry its CONTEXT as a part `Where: …`. No text seen on the service has it. @default false */
  readonly where?: boolean;
  /**
   * PostgreSQL: `:name` in several places is a parameter of its own in each (`separate`), or one parameter (`shared`).
   * https://github.com/sbalmt/ez4 says the former of production. @default 'separate'
   */
  readonly repeatedNames?: 'separate' | 'shared';
  /** PostgreSQL: a value of type `time with time zone` is refused, or returned as text. @default 'refused' */
  readonly timetz?: 'refused' | 'returned';
  /** PostgreSQL: a column of type `void` (`select pg_sleep(1)`) is an empty string, or refused after the statement has run. @default 'empty' */
  readonly voids?: 'empty' | 'refused';
  /** PostgreSQL: a value of type `oid` is a stringValue or a longValue. @default 'string' */
  readonly oid?: 'string' | 'long';
  /**
   * PostgreSQL: what the limit of 1 MiB counts: the octets of the rows as the server sends them (2 a row, 4 a value, and the value's text), or
   * those of the JSON. @default 'rows'
   */
  readonly resultSize?: 'rows' | 'json';
}

/** The settings of switches that are not given: the likelier ones. */
export const SWITCHES: Required<Switches> = {
  commitAfterError: 'committed',
  tooLargeEndsTransaction: false,
  idleWhileRunning: false,
  detail: true,
  unterminatedDollarQuote: 'opaque',
  where: false,
  repeatedNames: 'separate',
  timetz: 'refused',
  voids: 'empty',
  oid: 'string',
  resultSize: 'rows',
};

/** Options of `startLocal`. */
export interface LocalOptions {
  /** What stands behind it. @default 'postgresql' */
  readonly engine?: 'postgresql' | 'mysql' | undefined;
  /** URL of a server, as a user who may create databases. @default an embedded PostgreSQL 17, or `mysqld` from PATH, is started */
  readonly url?: string | undefined;
  /** With MySQL behind it: how to start one, and what nobody has measured. */
  readonly mysql?:
    | {
        readonly server?: MysqlServerOptions | undefined;
        readonly switches?: MysqlSwitches | undefined;
        readonly scanner?: MysqlScanner | undefined;
      }
    | undefined;
  /** How to start the embedded one. */
  readonly embedded?: EmbeddedOptions | undefined;
  /** The database that is announced. It is created where it does not exist, no other one is. @default 'app' */
  readonly database?: string | undefined;
  /** With `url`: whether a database that is not there is made. A name that was misspelt should be told, not created. @default true */
  readonly create?: boolean | undefined;
  /**
   * Whether sessions on a server that is started here belong to its superuser (`rdsadmin`, `root`) and not to a user with the rights of Aurora's
   * master user (`postgres`, `admin`). With `url` they belong to the user of the URL. @default false
   */
  readonly superuser?: boolean | undefined;
  /** Port on 127.0.0.1. @default a free one */
  readonly port?: number | undefined;
  /** @default 'us-east-1' */
  readonly region?: string | undefined;
  readonly clocks?: ClockOptions | undefined;
  readonly switches?: Switches | undefined;
  readonly scanner?: ScannerOptions | undefined;
  /** Connections kept for each database. @default 3 */
  readonly poolSize?: number | undefined;
  /** Statements that every new connection of the pool has behind it: `['set search_path to evil']`. @default none */
  readonly dirty?: readonly string[] | undefined;
  /** Chooses among the connections: from 0 to 1. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** Milliseconds that every call takes longer. The service is at about 17 within a region. @default 0 */
  readonly latency?: number | undefined;
  /** Told of every call when its answer is ready: a request log. */
  readonly onRequest?: ((entry: LogEntry) => void) | undefined;
  /** Whether entries of the log hold the values of parameters, which may be secrets. @default false */
  readonly logValues?: boolean | undefined;
  /** How many requests the log keeps, the newest ones. @default all */
  readonly logLimit?: number | undefined;
  /** Members that the secret leaves out: secrets that no cluster made often have neither. @default none */
  readonly secretWithout?: readonly ('dbname' | 'engine' | 'host' | 'port')[] | undefined;
  /** Told what is being waited for at the start. */
  readonly progress?: ((message: string) => void) | undefined;
}
