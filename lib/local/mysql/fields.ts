import type { BackendStatement, ColumnMetadata } from '../backend.ts';
import { fraction } from '../fraction.ts';
import { unsupportedResult } from '../service-error.ts';
import { type Column, type ColumnType, FLAGS, hasFlag, precisionOf, scaleOf, typeOf } from './types.ts';

type Format = Pick<BackendStatement, 'longReturnType' | 'decimalReturnType'>;

/** A value as a Field, in JSON text. Throws a `ServiceError` for what the service does not return. */
export function field(value: unknown, type: ColumnType, format: Format): string {
  if (value === null || value === undefined) return '{"isNull":true}';
  const [member, text] = scalar(value, type, format);
  return `{"${member}":${text}}`;
}

/** The value alone, as it stands in `formattedRecords`. */
export function plain(value: unknown, type: ColumnType, format: Format): string {
  return value === null || value === undefined ? 'null' : scalar(value, type, format)[1];
}

/** Which member of Field, and the JSON text of its value. Numbers are copied digit by digit: a bigint is exact. */
function scalar(value: unknown, { kind, name }: ColumnType, format: Format): [string, string] {
  switch (kind) {
    case 'boolean':
      return ['booleanValue', String(Buffer.isBuffer(value) ? value[0] !== 0 : Number(value) !== 0)];
    case 'long':
      return format.longReturnType === 'STRING'
        ? ['stringValue', JSON.stringify(String(value))]
        : ['longValue', String(value)];
    case 'float':
      return ['doubleValue', shortest(Number(value))];
    case 'double':
      return ['doubleValue', String(value)];
    case 'decimal': {
      const text = String(value);
      if (format.decimalReturnType === 'STRING') return ['stringValue', JSON.stringify(text)];
      return /^-?\d{1,18}$/.test(text) ? ['longValue', text] : ['doubleValue', String(Number(text))];
    }
    case 'year':
      return ['stringValue', JSON.stringify(String(value).padStart(4, '0'))];
    case 'time':
      return ['stringValue', JSON.stringify(fraction(String(value)))];
    case 'blob':
      return ['blobValue', JSON.stringify(Buffer.from(value as Buffer).toString('base64'))];
    case 'string':
      return ['stringValue', JSON.stringify(String(value))];
    case 'unsupported':
      throw unsupportedResult(`The result contains the unsupported data type ${name}.`);
  }
}

/** The fewest digits that name a number of four octets: 1.1, where JavaScript, which only has eight, says 1.100000023841858. */
function shortest(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === Math.fround(value)) return String(Number(text));
  }
  return String(value);
}

/** What `includeResultMetadata` asks for, as JDBC drivers report it. */
export function describe(column: Column): ColumnMetadata {
  const type = typeOf(column);
  return {
    name: column.orgName || column.name,
    label: column.name,
    type: type.jdbc,
    typeName: type.name,
    // For JDBC a database of MySQL is a catalog and no schema.
    schemaName: '',
    tableName: column.orgTable || column.table || '',
    isAutoIncrement: hasFlag(column, FLAGS.AUTO_INCREMENT),
    isSigned: ['long', 'float', 'double', 'decimal'].includes(type.kind) && !hasFlag(column, FLAGS.UNSIGNED),
    isCurrency: false,
    isCaseSensitive: false,
    nullable: hasFlag(column, FLAGS.NOT_NULL) ? 0 : 1,
    precision: precisionOf(column, type),
    scale: scaleOf(column),
    arrayBaseColumnType: 0,
  };
}
