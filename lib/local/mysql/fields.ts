import type { FieldPacket } from 'mysql2';
import type { BackendStatement, ColumnMetadata } from '../backend.ts';

type Format = Pick<BackendStatement, 'longReturnType' | 'decimalReturnType'>;
export type Column = FieldPacket & {
  readonly characterSet?: number;
  readonly columnLength?: number;
  readonly schema?: string;
};

/** Numbers of the protocol's types. https://dev.mysql.com/doc/dev/mysql-server/latest/field__types_8h.html */
const T = {
  DECIMAL: 0,
  TINY: 1,
  SHORT: 2,
  LONG: 3,
  FLOAT: 4,
  DOUBLE: 5,
  LONGLONG: 8,
  INT24: 9,
  YEAR: 13,
  BIT: 16,
  JSON: 245,
  NEWDECIMAL: 246,
};
const INTEGERS = new Set([T.TINY, T.SHORT, T.LONG, T.LONGLONG, T.INT24]);
const TEXTS = new Set([249, 250, 251, 252, 253, 254, 15]);
/** The character set number of what is bytes. */
const BINARY = 63;

type Kind = 'boolean' | 'long' | 'double' | 'decimal' | 'blob' | 'string';

function kindOf({ columnType: type = 253, columnLength, characterSet }: Column): Kind {
  if ((type === T.TINY || type === T.BIT) && columnLength === 1) return 'boolean';
  if (INTEGERS.has(type)) return 'long';
  if (type === T.FLOAT || type === T.DOUBLE) return 'double';
  if (type === T.DECIMAL || type === T.NEWDECIMAL) return 'decimal';
  return type === T.BIT || (TEXTS.has(type) && characterSet === BINARY) ? 'blob' : 'string';
}

/** A value as a Field, in JSON text. */
export function field(value: unknown, column: Column, format: Format): string {
  if (value === null || value === undefined) return '{"isNull":true}';
  const [member, text] = scalar(value, column, format);
  return `{"${member}":${text}}`;
}

/** The value alone, as it stands in `formattedRecords`. */
export function plain(value: unknown, column: Column, format: Format): string {
  return value === null || value === undefined ? 'null' : scalar(value, column, format)[1];
}

/** Which member of Field, and the JSON text of its value. Numbers are copied digit by digit: a bigint is exact. */
function scalar(value: unknown, column: Column, format: Format): [string, string] {
  switch (kindOf(column)) {
    case 'boolean':
      return ['booleanValue', String(Buffer.isBuffer(value) ? value[0] !== 0 : Number(value) !== 0)];
    case 'long':
      return format.longReturnType === 'STRING'
        ? ['stringValue', JSON.stringify(String(value))]
        : ['longValue', String(value)];
    case 'double':
      return ['doubleValue', String(value)];
    case 'decimal': {
      const text = String(value);
      if (format.decimalReturnType === 'STRING') return ['stringValue', JSON.stringify(text)];
      return /^-?\d{1,18}$/.test(text) ? ['longValue', text] : ['doubleValue', String(Number(text))];
    }
    case 'blob':
      return ['blobValue', JSON.stringify(Buffer.from(value as Buffer).toString('base64'))];
    case 'string':
      return ['stringValue', JSON.stringify(typeof value === 'object' ? JSON.stringify(value) : String(value))];
  }
}

const JDBC: Readonly<Record<Kind, number>> = { boolean: -7, long: -5, double: 8, decimal: 3, blob: -4, string: 12 };
const NOT_NULL = 1;
const UNSIGNED = 32;
const AUTO_INCREMENT = 512;

/** What `includeResultMetadata` asks for. */
export function describe(column: Column): ColumnMetadata {
  const flags = typeof column.flags === 'number' ? column.flags : 0;
  const kind = kindOf(column);
  return {
    name: column.orgName || column.name,
    label: column.name,
    type: JDBC[kind],
    typeName: { boolean: 'BIT', long: 'BIGINT', double: 'DOUBLE', decimal: 'DECIMAL', blob: 'BLOB', string: 'VARCHAR' }[
      kind
    ],
    schemaName: column.schema ?? '',
    tableName: column.table ?? '',
    isAutoIncrement: (flags & AUTO_INCREMENT) !== 0,
    isSigned: ['long', 'double', 'decimal'].includes(kind) && (flags & UNSIGNED) === 0,
    isCurrency: false,
    isCaseSensitive: false,
    nullable: (flags & NOT_NULL) === 0 ? 1 : 0,
    precision: column.columnLength ?? 0,
    scale: column.decimals ?? 0,
    arrayBaseColumnType: 0,
  };
}
