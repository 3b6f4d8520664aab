/** What stands behind the local Data API: one shape for every engine. */
export interface Engine {
  readonly name: 'postgresql' | 'mysql';
  /** The user name of the secret: the database that a request without one gets, as in the service (https://github.com/aws/aws-cli/issues/8577). */
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly port: number;
  /**
   * A connection for one call or one transaction: a random one of the pool, in the state in which the last call left it.
   * Throws a `ServiceError`.
   */
  connect(database: string | undefined): Promise<Backend>;
  /** Close every connection; statements that still run are abandoned. */
  close(): Promise<void>;
}

/** One connection, held by one call or one transaction. */
export interface Backend {
  /** The server's number of the connection. */
  readonly id: number;
  /** Run one statement. Throws a `ServiceError`. */
  run(statement: BackendStatement): Promise<BackendResult>;
  begin(): Promise<void>;
  /** `rolled-back`: the server made a rollback of it, because a statement before had failed. Throws a `ServiceError`. */
  commit(): Promise<'committed' | 'rolled-back'>;
  rollback(): Promise<void>;
  /** The transaction can only be rolled back: a statement in it failed. */
  readonly poisoned: boolean;
  /** The server closed the connection. */
  readonly lost: boolean;
  /** Ask the server to stop the running statement. */
  cancel(): Promise<void>;
  /** Give it back to the pool as it is. Nothing may run on it. */
  release(): void;
  /** Close it instead of giving it back. */
  discard(): void;
}

export interface BackendStatement {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
  readonly metadata: boolean;
  readonly longReturnType: 'LONG' | 'STRING';
  readonly decimalReturnType: 'STRING' | 'DOUBLE_OR_LONG';
  readonly format: 'NONE' | 'JSON';
  /** Rows beyond this many bytes are read and dropped. */
  readonly limit: number;
}

export interface BackendResult {
  /**
   * Each row as JSON text: an array of Fields, or an object for `format: 'JSON'`. It is text because a bigint is a longer number than
   * `JSON.stringify` can write. Undefined: the statement returns no rows.
   */
  readonly rows: readonly string[] | undefined;
  readonly columns: readonly ColumnMetadata[] | undefined;
  readonly updated: number;
  /** MySQL: digits of the value that an INSERT has given to an AUTO_INCREMENT column. */
  readonly generated?: string | undefined;
}

/** A parameter of the request, checked. */
export interface Parameter {
  readonly name: string;
  readonly value: ParameterValue;
  readonly typeHint: TypeHint | undefined;
}

export type ParameterValue =
  | { readonly isNull: true }
  | { readonly stringValue: string }
  /** Text where it has more digits than a number of JavaScript. */
  | { readonly longValue: number | string }
  | { readonly doubleValue: number }
  | { readonly booleanValue: boolean }
  /** Base64. */
  | { readonly blobValue: string };

export const typeHints = ['JSON', 'UUID', 'TIMESTAMP', 'DATE', 'TIME', 'DECIMAL'] as const;
export type TypeHint = (typeof typeHints)[number];

/** https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ColumnMetadata.html */
export interface ColumnMetadata {
  readonly name: string;
  readonly label: string;
  /** A number of JDBC's `java.sql.Types`. */
  readonly type: number;
  readonly typeName: string;
  readonly schemaName: string;
  readonly tableName: string;
  readonly isAutoIncrement: boolean;
  readonly isSigned: boolean;
  readonly isCurrency: boolean;
  readonly isCaseSensitive: boolean;
  /** 0 no, 1 yes, 2 unknown. */
  readonly nullable: number;
  readonly precision: number;
  readonly scale: number;
  readonly arrayBaseColumnType: number;
}
