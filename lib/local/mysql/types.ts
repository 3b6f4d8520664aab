import type { FieldPacket } from 'mysql2';

export type Column = FieldPacket & {
  readonly characterSet?: number;
  readonly columnLength?: number;
  readonly orgTable?: string;
};

/** How values of a column come back: as which member of Field, or not at all. */
export type Kind =
  | 'boolean'
  | 'long'
  | 'float'
  | 'double'
  | 'decimal'
  | 'year'
  | 'time'
  | 'blob'
  | 'string'
  | 'unsupported';

/** The type that a column was declared with, as far as the protocol tells it. */
export interface ColumnType {
  /** Without length: `INT UNSIGNED`, `VARCHAR`, `JSON`. */
  readonly name: string;
  readonly kind: Kind;
  /** A number of JDBC's `java.sql.Types`. */
  readonly jdbc: number;
}

/** Bits of a column's flags. https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__column__definition__flags.html */
export const FLAGS = { NOT_NULL: 1, UNSIGNED: 32, ENUM: 256, AUTO_INCREMENT: 512, SET: 2048 };
/** The number of the character set of what is bytes. */
const BINARY = 63;

/** By number of the protocol. https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
const TYPES: Readonly<Record<number, readonly [string, Kind, number]>> = {
  0: ['DECIMAL', 'decimal', 3],
  1: ['TINYINT', 'long', -6],
  2: ['SMALLINT', 'long', 5],
  3: ['INT', 'long', 4],
  4: ['FLOAT', 'float', 7],
  5: ['DOUBLE', 'double', 8],
  6: ['NULL', 'string', 0],
  7: ['TIMESTAMP', 'time', 93],
  8: ['BIGINT', 'long', -5],
  9: ['MEDIUMINT', 'long', 4],
  10: ['DATE', 'string', 91],
  11: ['TIME', 'time', 92],
  12: ['DATETIME', 'time', 93],
  13: ['YEAR', 'year', 91],
  16: ['BIT', 'blob', -3],
  242: ['VECTOR', 'unsupported', -3],
  245: ['JSON', 'string', -1],
  246: ['DECIMAL', 'decimal', 3],
  255: ['GEOMETRY', 'unsupported', -2],
};

/** Texts and bytes, by the most characters that they hold: the protocol gives all of them the number of one type. */
const LARGE = [
  [255, 'TINY'],
  [65_535, ''],
  [16_777_215, 'MEDIUM'],
  [Number.POSITIVE_INFINITY, 'LONG'],
] as const;
const BLOB_TYPES = new Set([249, 250, 251, 252]);
const CHAR_TYPE = 254;

/** Finds the type of a column of a result. */
export function typeOf(column: Column): ColumnType {
  const number = column.columnType ?? 253;
  const known = TYPES[number];
  if (known === undefined) return characters(column, number);
  const [name, kind, jdbc] = known;
  // BOOLEAN is TINYINT(1), and both are one of two values for the service.
  if ((number === 1 || number === 16) && column.columnLength === 1) return { name, kind: 'boolean', jdbc: -7 };
  const unsigned = hasFlag(column, FLAGS.UNSIGNED) && ['long', 'float', 'double', 'decimal'].includes(kind);
  return { name: unsigned ? `${name} UNSIGNED` : name, kind, jdbc };
}

export function hasFlag({ flags }: Column, flag: number): boolean {
  return typeof flags === 'number' && (flags & flag) !== 0;
}

/** How many characters, digits or octets a value of the column has at most. */
export function precisionOf(column: Column, { name, kind }: ColumnType): number {
  const length = column.columnLength ?? 0;
  const digits: Readonly<Record<string, number>> = {
    ...{
      TINYINT: 3,
      'TINYINT UNSIGNED': 3,
      SMALLINT: 5,
      'SMALLINT UNSIGNED': 5,
      MEDIUMINT: 7,
      'MEDIUMINT UNSIGNED': 8,
    },
    ...{ INT: 10, 'INT UNSIGNED': 10, BIGINT: 19, 'BIGINT UNSIGNED': 20 },
  };
  // Its length counts the sign and the point too.
  if (kind === 'decimal') return length - (name.endsWith('UNSIGNED') ? 0 : 1) - (scaleOf(column) > 0 ? 1 : 0);
  return digits[name] ?? Math.min(charactersOf(column), 2_147_483_647);
}

/** Digits after the point. 31 stands for any number of them. */
export function scaleOf({ decimals = 0 }: Column): number {
  return decimals === 31 ? 0 : decimals;
}

/** The protocol counts octets: four for a character of the session's character set. */
function charactersOf(column: Column): number {
  const length = column.columnLength ?? 0;
  return column.encoding === 'utf8' && column.characterSet !== BINARY ? Math.floor(length / 4) : length;
}

function characters(column: Column, number: number): ColumnType {
  const bytes = column.characterSet === BINARY;
  if (hasFlag(column, FLAGS.ENUM)) return { name: 'ENUM', kind: 'string', jdbc: 1 };
  if (hasFlag(column, FLAGS.SET)) return { name: 'SET', kind: 'string', jdbc: 1 };
  const kind = bytes ? 'blob' : 'string';
  if (BLOB_TYPES.has(number)) {
    const size = LARGE.find(([most]) => charactersOf(column) <= most)?.[1] ?? '';
    return { name: `${size}${bytes ? 'BLOB' : 'TEXT'}`, kind, jdbc: bytes ? -4 : -1 };
  }
  if (number === CHAR_TYPE) return { name: bytes ? 'BINARY' : 'CHAR', kind, jdbc: bytes ? -2 : 1 };
  return { name: bytes ? 'VARBINARY' : 'VARCHAR', kind, jdbc: bytes ? -3 : 12 };
}
